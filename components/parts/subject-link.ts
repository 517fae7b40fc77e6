import { html, type TemplateResult } from 'lit'
import { evidencePath, subjectPath, type SubjectType, subjectTypes } from '../../schemas/actions.ts'

/** Where everything known of a subject is told; of a bulk run that is the list it was made from. */
export function forensicsHref(base: string, { type, id }: { type: string; id: string }): string {
  return base + (type === 'bulk' ? subjectPath(type, id) : evidencePath(type, id))
}

/** A subject by its name, leading to its evidence where its kind has any. */
export function subjectLink(base: string, subject: { type: string; id: string }): TemplateResult {
  if (!(subject.type in subjectTypes)) return html`<span class="wrap">${subject.id}</span>`
  return html`<a class="wrap" href=${forensicsHref(base, subject)}>${subject.id}</a>`
}

export function subjectTypeLabel(type: string): string {
  return subjectTypes[type as SubjectType]?.label ?? type.replaceAll('_', ' ')
}
