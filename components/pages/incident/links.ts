import { html, nothing, type TemplateResult } from 'lit'
import { auditPath, subjectPath } from '../../../schemas/actions.ts'
import type { IncidentDetail } from '../../../schemas/incident.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { jobHref, jobsHref, shortId } from '../../parts/job-link.ts'

/** Related pages: its subjects, and its own events. */
export function links({ id, scope, affected, repairs }: IncidentDetail, base: string, locale: string | undefined): TemplateResult {
  const { queue, cronEntry, jobId, eventId, fingerprint, executor } = scope
  const jobs = affected.jobs
  const aboutJobs = jobs !== null || repairs.some(({ selection }) => selection)
  const to = (href: string, words: unknown) => html`<li><a class="wrap" href=${href}>${words}</a></li>`
  return html`<section class="card links" part="links" aria-label="Where to look further">
    <ul>
      ${aboutJobs ? to(jobsHref(base, { incident: id }), jobs?.count === 1 ? 'Its job' : jobs?.how === 'exact' ? `The ${formatCount(jobs.count, locale)} jobs` : 'Its jobs') : nothing}
      ${jobId ? to(jobHref(base, jobId), html`Job <span class="mono">${shortId(jobId)}</span>`) : nothing}
      ${fingerprint ? to(base + subjectPath('error_group', fingerprint), html`Error group <span class="mono">${fingerprint}</span>`) : nothing}
      ${queue ? to(base + subjectPath('queue', queue), `Queue ${queue}`) : nothing}
      ${cronEntry ? to(base + subjectPath('cron_entry', cronEntry), `Cron entry ${cronEntry}`) : nothing}
      ${executor ? to(base + subjectPath('executor', executor), 'The executor') : nothing}
      ${eventId ? to(base + subjectPath('audit_event', eventId), 'The audit event') : nothing} ${to(base + auditPath('incident', id), 'Its audit events')}
    </ul>
  </section>`
}
