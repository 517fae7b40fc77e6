import { evidencePath, operationActions } from '../../../schemas/actions.ts'
import type { Job, JobDetail } from '../../../schemas/job.ts'
import { mayOpen } from '../../core/views.ts'
import { t, tx } from '../../core/words.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { type JobOperation, offeredIn, onEvidence, refusedFor } from './operations.ts'
import type { PageParts } from './parts.ts'

type Doing = Pick<PageParts, 'base' | 'session' | 'ask' | 'connection'>

/** The menu of a row: at once what the state of its job says, and when it opens what the server says. */
export function rowActions(doing: Doing): { actions: (job: Job) => MenuItem[]; load: (job: Job) => Promise<MenuItem[]> } {
  return {
    actions: (job) => actionsOn(job, doing),
    load: async (job) => actionsOn(job, doing, (await findOperations(job, doing)) ?? 'unknown'),
  }
}

async function findOperations({ id }: Job, { connection }: Doing): Promise<JobDetail['operations'] | undefined> {
  try {
    return (await connection?.client.getJob({ params: { id } }))?.operations
  } catch {
    return undefined
  }
}

/**
 * What may be done to one job. Whose discard it was and whether an executor is missing only the server knows: until it has said so,
 * what depends on it waits. When it does not answer, the preview will.
 */
function actionsOn(job: Job, { base, session, ask }: Doing, said?: JobDetail['operations'] | 'unknown'): MenuItem[] {
  const refused = (action: JobOperation) => {
    if (said === undefined) return refusedFor(session, action, job.state) || (onEvidence.has(action) ? t`Checking…` : '')
    const permission = said === 'unknown' ? undefined : said[action]
    return permission ? (permission.allowed ? '' : (permission.reason ?? t`Your account may not do this.`)) : refusedFor(session, action, job.state)
  }
  const forensics = base + evidencePath('job', job.id)
  return [
    ...offeredIn(job.state).map((action) => ({
      action,
      label: `${tx(operationActions[action].label)}…`,
      refused: refused(action),
      choose: () => ask({ action, id: job.id, seen: job.version }),
    })),
    ...(mayOpen(session, base, forensics) ? [{ label: t`Open forensics`, href: forensics }] : []),
  ]
}
