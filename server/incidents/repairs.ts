import { type Incident, type IncidentClassName, type OperationAction, operationLabel, type Permission, type Repair } from '../../schemas/index.ts'
import type { IncidentRow } from '../db/entities.ts'
import { pageOf, type Resource } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { findPauseNote } from '../queues/pause-note.ts'
import { affectedBy } from './affected.ts'
import type { Affected } from './class.ts'
import { clock, jobsOf } from './words.ts'

interface JobRepair {
  action: 'retry_job' | 'cancel_job' | 'discard_job' | 'rescue_job'
  /** The one to try first. */
  primary?: true
  /** @param seen when the problem was last measured */
  caution: (seen: string) => string
}

const repeats = (seen: string) => `It was still failing at ${seen}: unless the cause has been fixed since, a retry fails again.`
const twice = () => 'A job whose executor is still running would run twice, so only jobs of executors that are gone are rescued.'
const notWanted = () => 'Only if they are no longer wanted.'

/** The repairs of each class. Where only the host can fix the cause, there are none, or only one that gives up the waiting jobs. */
const jobRepairs: Readonly<Record<IncidentClassName, readonly JobRepair[]>> = {
  engine_unreachable: [],
  scheduler_down: [],
  stuck_queue: [{ action: 'cancel_job', caution: notWanted }],
  executor_missing: [{ action: 'rescue_job', primary: true, caution: twice }, { action: 'discard_job', caution: notWanted }],
  failure_burst: [{ action: 'retry_job', primary: true, caution: repeats }, { action: 'discard_job', caution: notWanted }],
  retry_exhausted: [{ action: 'retry_job', primary: true, caution: repeats }],
  long_running_job: [{ action: 'cancel_job', primary: true, caution: () => 'Work that it has already done is not undone.' }],
  missed_fire: [],
  orphan_request: [],
  saturated_queue: [{ action: 'cancel_job', caution: notWanted }],
}

type Draft = Omit<Repair, 'allowed' | 'reason'> & { resource: Resource }

/** The operations that may repair an open incident, each with whether this viewer may perform it. */
export async function listRepairs(scope: Scope, row: IncidentRow, { affected: { jobs } }: Pick<Incident, 'affected'>): Promise<Repair[]> {
  if (row.state !== 'open') return []
  const affected = affectedBy(row)
  const drafts = [...(await ofQueue(scope, row, affected)), ...ofSlot(row, affected), ...ofJobs(scope, row, affected, jobs)]
  return Promise.all(drafts.map(async ({ resource, ...draft }) => ({ ...draft, ...(await permissionFor(scope, draft.action, resource)) })))
}

function ofJobs({ now }: Scope, { id, class: name, scope: { queue, worker }, lastSeenAt }: IncidentRow, { jobs }: Affected, counted: Incident['affected']['jobs']): Draft[] {
  if (!jobs) return []
  const seen = clock(lastSeenAt.toISOString(), now)
  return jobRepairs[name].map(({ action, primary = false, caution }) => ({
    action,
    primary,
    label: `${operationLabel(action)} ${counted?.count ? jobsOf(counted.count, counted.how) : 'its jobs'}`,
    selection: { filter: { incident: id } },
    caution: caution(seen),
    resource: queue === undefined ? pageOf('view_jobs') : { type: 'job', id: '*', queue, worker },
  }))
}

/** A stuck queue may have been paused here; a saturated one may be given more concurrency. */
async function ofQueue({ em, kit: { engine } }: Scope, { class: name }: IncidentRow, { queue }: Affected): Promise<Draft[]> {
  if (queue === undefined || (name !== 'stuck_queue' && name !== 'saturated_queue')) return []
  const subject = { type: 'queue', id: queue } as const
  const resource = { ...subject, queue }
  const pause = await findPauseNote(em, queue)
  return [
    ...(pause ? [{ action: 'resume_queue', primary: true, label: `Resume ${queue}`, subject, caution: 'It was paused here, perhaps for a good reason.', resource } as const] : []),
    ...(name === 'saturated_queue' && engine.lacks.scale_queue === undefined
      ? [{ action: 'scale_queue', primary: true, label: `Change concurrency of ${queue}`, subject, caution: 'More concurrent jobs put more load on whatever they use.', resource } as const]
      : []),
  ]
}

function ofSlot({ class: name, scope: { queue, worker } }: IncidentRow, { slot }: Affected): Draft[] {
  if (name !== 'missed_fire' || !slot) return []
  const subject = { type: 'cron_entry', id: slot.cronEntry } as const
  return [{ action: 'run_cron_entry', primary: true, label: 'Run the missed slot', subject, input: { slotAt: slot.slotAt }, caution: 'It runs late, with its current arguments.', resource: { ...subject, queue, worker } }]
}

/** Whether it may succeed for any affected job; the preview decides for each one. */
async function permissionFor({ kit: { engine }, viewer }: Scope, action: OperationAction, resource: Resource): Promise<Permission> {
  const lacking = (engine.lacks as Partial<Record<OperationAction, string>>)[action]
  if (lacking !== undefined) return { allowed: false, reason: lacking }
  if (!viewer.principal) return { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }
  const general = resource.type === 'job' ? await viewer.can(action, pageOf('view_jobs')) : undefined
  return general?.allowed ? general : viewer.can(action, resource)
}
