import { html, nothing, type TemplateResult } from 'lit'
import { auditPath, subjectPath } from '../../../schemas/actions.ts'
import type { IncidentDetail } from '../../../schemas/incident.ts'
import { t, tn, tr } from '../../core/words.ts'
import { jobHref, jobsHref, shortId } from '../../parts/job-link.ts'

/** Related pages: its subjects, and its own events. */
export function links({ id, scope, affected, repairs }: IncidentDetail, base: string): TemplateResult {
  const { queue, cronEntry, jobId, eventId, fingerprint, executor } = scope
  const jobs = affected.jobs
  const aboutJobs = jobs !== null || repairs.some(({ selection }) => selection)
  const to = (href: string, words: unknown) => html`<li><a class="wrap" href=${href}>${words}</a></li>`
  return html`<section class="card links" part="links" aria-label=${t`Where to look further`}>
    <ul>
      ${aboutJobs ? to(jobsHref(base, { incident: id }), jobs?.count === 1 ? t`Its job` : jobs?.how === 'exact' ? tn(jobs.count, 'The # job', 'The # jobs') : t`Its jobs`) : nothing}
      ${jobId ? to(jobHref(base, jobId), tr`Job ${html`<bdi class="mono">${shortId(jobId)}</bdi>`}`) : nothing}
      ${fingerprint ? to(base + subjectPath('error_group', fingerprint), tr`Error group ${html`<bdi class="mono">${fingerprint}</bdi>`}`) : nothing}
      ${queue ? to(base + subjectPath('queue', queue), tr`Queue ${html`<bdi>${queue}</bdi>`}`) : nothing}
      ${cronEntry ? to(base + subjectPath('cron_entry', cronEntry), tr`Cron entry ${html`<bdi>${cronEntry}</bdi>`}`) : nothing}
      ${executor ? to(base + subjectPath('executor', executor), t`The executor`) : nothing}
      ${eventId ? to(base + subjectPath('audit_event', eventId), t`The audit event`) : nothing} ${to(base + auditPath('incident', id), t`Its audit events`)}
    </ul>
  </section>`
}
