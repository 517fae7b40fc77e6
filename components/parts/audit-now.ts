import { html } from 'lit'
import { ApiError } from '../../schemas/calls.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { Connection } from '../core/connection.ts'
import type { CronEntry } from '../../schemas/cron.ts'
import { errorStatuses } from '../../schemas/error-words.ts'
import { incidentStates } from '../../schemas/incident-words.ts'
import { bulkFates, jobStates } from '../../schemas/vocabulary.ts'
import { t, tn, tr, tx } from '../core/words.ts'
import { sentence } from './sentence.ts'
import './time.ts'

/** How the subject of an event stands now, as this reader may see it. */
export interface NowOf {
  /** Rendered while words are available; empty where nothing can be said. */
  words: () => unknown
  /** By operation: whether it is possible now. Undefined if only the session knows. */
  operations?: Record<string, { allowed: boolean; reason?: string }>
  /** False if the subject is gone or hidden, so that nothing can be done with it. */
  known: boolean
}

type Client = Connection['client']

const nothingToSay: NowOf = { words: () => '', known: true }

/** Reads the subject through the reader's own rights. */
export async function readNow(client: Client, event: AuditEvent, signal: AbortSignal): Promise<NowOf> {
  try {
    return (await read(client, event, signal)) ?? nothingToSay
  } catch (error) {
    if (!(error instanceof ApiError) || ![403, 404].includes(error.problem.status)) throw error
    return { words: () => t`What it is now is not known any more: it is gone, or you may not see it.`, known: false }
  }
}

async function read(client: Client, event: AuditEvent, signal: AbortSignal): Promise<NowOf | undefined> {
  const { id } = event.subject
  switch (event.subject.type) {
    case 'cron_entry': {
      const entry = await client.getCronEntry({ params: { name: id }, signal })
      return { words: () => cronNow(event, entry), operations: entry.permissions, known: true }
    }
    case 'queue': {
      const queue = await client.getQueue({ params: { name: id }, signal })
      return { words: () => queueNow(event, queue), operations: queue.operations, known: true }
    }
    case 'job': {
      const job = await client.getJob({ params: { id }, signal })
      return { words: () => t`The job is ${tx(jobStates[job.state])} now.`, operations: job.operations, known: true }
    }
    case 'incident': {
      const incident = await client.getIncident({ params: { id }, signal })
      return { words: () => t`The incident is ${tx(incidentStates[incident.state])} now.`, known: true }
    }
    case 'error_group': {
      const { status } = await client.getErrorGroup({ params: { fingerprint: id }, signal })
      return { words: () => t`The error is ${tx(errorStatuses[status])} now.`, known: true }
    }
    case 'bulk':
      return { words: () => bulkNow(event), known: event.run !== undefined }
    default:
      return undefined
  }
}

function cronNow({ eventType, occurredAt }: AuditEvent, { pause, retiredAt, recent, coming, detail }: CronEntry): unknown {
  if (retiredAt) return t`The entry was retired since.`
  const next = coming.find(({ skipped }) => !skipped)?.at
  const at = next && html`<b><ops-time at=${next} show="exact" coarse></ops-time></b>`
  if (eventType === 'cron.resumed') return pause ? t`It is paused again.` : at ? tr`Still running to its schedule, next at ${at}.` : sentence(detail)
  if (eventType !== 'cron.paused') return pause ? t`It is paused now.` : sentence(detail)
  if (!pause) return at ? tr`Not paused any more; the next run is at ${at}.` : t`Not paused any more.`
  const left = recent.filter((slot) => slot.outcome === 'paused' && slot.at >= occurredAt).length
  const due = left === 0 ? t`No run was due yet.` : tn(left, '# run was due since and did not start.', '# runs were due since and did not start.')
  if (pause.resumeAt) return tr`Still paused. ${due} It resumes by itself at ${html`<b><ops-time at=${pause.resumeAt} show="exact" coarse></ops-time></b>`}.`
  return at ? tr`Still paused. ${due} The run at ${at} will not start unless somebody resumes it.` : tr`Still paused. ${due}`
}

function queueNow({ eventType, after }: AuditEvent, { paused, limit }: { paused: object | null; limit: number | null }): string {
  if (eventType === 'queue.paused') return paused ? t`Still paused.` : t`Not paused any more.`
  if (eventType === 'queue.resumed') return paused ? t`It is paused again.` : t`Still not paused.`
  if (eventType !== 'queue.scaled' || limit === null) return paused ? t`It is paused now.` : ''
  return after?.limit === limit ? t`Still ${limit} at once.` : t`It is ${limit} at once now.`
}

function bulkNow({ run }: AuditEvent): string {
  if (!run) return t`What became of its jobs is not kept any more.`
  const { done = 0, waiting = 0, aborted = 0 } = run.outcomes
  const other = run.eligible - done - waiting - aborted
  return [
    t`${done} of ${tn(run.eligible, '# job', '# jobs')} done.`,
    waiting > 0 && run.status !== 'aborted' ? t`${waiting} still to do.` : '',
    aborted > 0 ? t`${aborted} left as they were, because the run was aborted.` : '',
    other > 0 ? t`${other} not done.` : '',
    run.fates && Object.keys(run.fates).length > 0 ? t`Since then: ${fatesOf(run.fates)}.` : '',
  ].filter(Boolean).join(' ')
}

function fatesOf(fates: NonNullable<NonNullable<AuditEvent['run']>['fates']>): string {
  return (Object.entries(fates) as [keyof typeof bulkFates, number][]).map(([fate, count]) => t`${count} ${tx(bulkFates[fate])}`).join(', ')
}
