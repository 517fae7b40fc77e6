import type { TemplateResult } from 'lit'
import { type PreviewStatus, previewStatuses } from '../../schemas/vocabulary.ts'
import { chip, type Tone } from './chip.ts'
import { term } from './term.ts'

const previewTones: Record<PreviewStatus, Tone> = { ready: 'runnable', drifted: 'review', expired: 'waiting', consumed: 'resolved' }

export function previewChip(status: PreviewStatus): TemplateResult {
  const shown = chip(previewTones[status], previewStatuses[status])
  return status === 'ready' ? shown : term(status, shown)
}

/** An audit outcome, with the same shapes, words and colours. */
export function outcomeChip(outcome: string): TemplateResult {
  const tones: Record<string, Tone> = { succeeded: 'runnable', denied: 'blocked', failed: 'review', requested: 'waiting' }
  return chip(tones[outcome] ?? 'resolved', outcome)
}
