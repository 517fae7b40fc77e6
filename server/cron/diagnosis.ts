import type { OperatorStatus } from '../../schemas/vocabulary.ts'
import type { ClassifiedSlot } from './history.ts'
import type { Entry } from './rows.ts'

/** A missed slot needs eyes for so long, unless a later slot ran. */
const recentlyMs = 7 * 86_400_000

export interface Diagnosis {
  status: OperatorStatus
  diagnosis: string
  detail: string
}

/** One status, one word and one sentence. `recent` is newest first; `showError` applies the display policy. */
export function diagnose(entry: Entry, recent: ClassifiedSlot[], now: Date, showError: (text: string) => string): Diagnosis {
  if (entry.retiredAt) return { status: 'resolved', diagnosis: 'retired', detail: 'It left the code and runs no more; its history stays.' }
  if (entry.pausedAt) {
    const until = entry.resumeAt ? `The system resumes it at ${entry.resumeAt.toISOString()}.` : 'It stays paused until somebody resumes it.'
    return { status: 'waiting', diagnosis: 'paused', detail: `Future claims are stopped. ${until}` }
  }
  if (entry.lastError !== null) {
    const again = entry.retryAt ? ` Next attempt at ${entry.retryAt.toISOString()}.` : ''
    return { status: 'needs_review', diagnosis: 'enqueue_failed', detail: `The engine made no job: ${showError(entry.lastError)}.${again}` }
  }
  return diagnoseSlots(entry, recent, now)
}

function diagnoseSlots({ nextSlotAt }: Entry, recent: ClassifiedSlot[], now: Date): Diagnosis {
  const last = recent.find(({ outcome }) => outcome !== 'unknown' && outcome !== 'paused')
  const missed = last?.outcome === 'missed_fire' || last?.outcome === 'scheduler_down' ? last.outcome : undefined
  if (last && missed && now.getTime() - last.at.getTime() < recentlyMs) {
    const why = missed === 'missed_fire' ? 'was not run although a scheduler was alive' : 'was not run; no scheduler was on record'
    return { status: 'needs_review', diagnosis: missed, detail: `The slot of ${last.at.toISOString()} ${why}.` }
  }
  if (!nextSlotAt) return { status: 'resolved', diagnosis: 'ready', detail: 'Its expression does not fire again.' }
  return { status: 'runnable', diagnosis: 'ready', detail: 'Runs as planned.' }
}
