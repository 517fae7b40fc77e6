import { html, type TemplateResult } from 'lit'
import { evidencePath, subjectPath, type SubjectType, subjectTypes } from '../../schemas/actions.ts'
import { tx } from '../core/words.ts'

/** Path of the evidence about a subject; for a bulk run, its page in the job list, and for a deploy or a webhook, its events. */
export function forensicsHref(base: string, { type, id }: { type: string; id: string }): string {
  return base + (type === 'bulk' || type === 'deploy' || type === 'webhook_delivery' ? subjectPath(type, id) : evidencePath(type, id))
}

/** The name of a subject, linked to its evidence if its type has any. */
export function subjectLink(base: string, subject: { type: string; id: string }): TemplateResult {
  if (!(subject.type in subjectTypes)) return html`<bdi class="wrap">${subject.id}</bdi>`
  return html`<a class="wrap" href=${forensicsHref(base, subject)}><bdi>${subject.id}</bdi></a>`
}

export function subjectTypeLabel(type: string): string {
  return tx(subjectTypes[type as SubjectType]?.label ?? type.replaceAll('_', ' '))
}
