import { html, type TemplateResult } from 'lit'
import { evidencePath, subjectPath, type SubjectType, subjectTypes } from '../../schemas/actions.ts'

/** Path of the evidence about a subject; for a bulk run, its page in the job list, and for a deploy or a webhook, its events. */
export function forensicsHref(base: string, { type, id }: { type: string; id: string }): string {
  return base + (type === 'bulk' || type === 'deploy' || type === 'webhook_delivery' ? subjectPath(type, id) : evidencePath(type, id))
}

/** The name of a subject, linked to its evidence if its type has any. */
export function subjectLink(base: string, subject: { type: string; id: string }): TemplateResult {
  if (!(subject.type in subjectTypes)) return html`<span class="wrap">${subject.id}</span>`
  return html`<a class="wrap" href=${forensicsHref(base, subject)}>${subject.id}</a>`
}

export function subjectTypeLabel(type: string): string {
  return subjectTypes[type as SubjectType]?.label ?? type.replaceAll('_', ' ')
}
