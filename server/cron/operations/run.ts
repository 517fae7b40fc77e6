import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { isoMicroseconds, query } from '../../db/database.ts'
import { isConflict, isUnavailable } from '../../describe-failure.ts'
import type { JobRef } from '../../engines/engine.ts'
import { OpsError } from '../../error.ts'
import { defineOperation, type Planned } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { enqueueSlot } from '../enqueue.ts'
import type { Entry } from '../rows.ts'
import { recordCatchUp, requireMissed } from './missed-slot.ts'
import { cautionOfJobs, findTroubledSubject, requireLive, type Troubled } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'run_cron_entry' }>

export const runCronEntry = defineOperation<Request, Troubled>({
  action: 'run_cron_entry',
  eventType: 'cron.run_now',
  reason: 'optional',
  risk: 'medium',
  onEngine: true,
  // A manual run repairs only an entry that missed runs; for a healthy entry it repairs nothing.
  repairs: ({ found }) => found.troubled,
  find: findTroubledSubject,

  async plan({ subject, input }, { found }, scope) {
    const { engine } = scope.kit
    const entry = requireLive(found.entry, subject.id)
    if (!engine.capabilities.enqueue) {
      throw new OpsError('unsupported_by_engine', `${engine.name} cannot create jobs; expected an engine that can.`)
    }
    if (input.slotAt !== undefined) return planCatchUp(await requireMissed(scope, entry, input.slotAt), entry, found)
    return {
      title: `Run ${entry.name} now`,
      effect: `One job is created in queue ${entry.queue} and recorded as a manual run. Scheduled slots are not affected.`,
      cautions: [
        ...(entry.pausedAt ? ['It is paused; this one run happens anyway, and the entry stays paused.'] : []),
        ...cautionOfJobs(found, 'a manual run does not wait for them and may overlap'),
      ],
      before: {},
      after: { manualRun: 'now', queue: entry.queue },
      counts: { subjects: 1, jobs: 1 },
      basis: { version: entry.version },
    }
  },

  async apply({ input }, { found }, scope) {
    const { id: jobId, queue } = await makeJob(scope, found.entry!, input.slotAt === undefined ? scope.now : new Date(input.slotAt))
    return { result: { jobId, queue } }
  },

  async keep({ input }, { found }, { result }, scope, eventId) {
    const { jobId: id, queue } = result as { jobId: string; queue: string }
    if (input.slotAt !== undefined) {
      const missed = new Date(input.slotAt)
      await recordCatchUp(scope, found.entry!, missed, { id, queue }, eventId)
      return { after: { slotAt: missed.toISOString(), slot: 'claimed', queue, jobId: id }, result: { jobId: id, queue, slotAt: missed.toISOString() } }
    }
    const slotAt = await recordManualSlot(scope, found.entry!, { id, queue }, eventId)
    return { after: { manualRun: slotAt, queue, jobId: id }, result: { jobId: id, queue, slotAt } }
  },
})

function planCatchUp({ slotAt, state }: Awaited<ReturnType<typeof requireMissed>>, entry: Entry, found: Troubled): Planned {
  const at = slotAt.toISOString()
  return {
    title: `Run the missed slot of ${entry.name}`,
    effect: `One job is created in queue ${entry.queue} for the slot at ${at}, which then counts as run late. No other slot is affected.`,
    cautions: [
      ...(entry.pausedAt ? ['It is paused; this one slot runs anyway, and the entry stays paused.'] : []),
      ...cautionOfJobs(found, 'this run does not wait for them and may overlap'),
    ],
    before: { slotAt: at, slot: state },
    after: { slotAt: at, slot: 'claimed', queue: entry.queue },
    counts: { subjects: 1, jobs: 1 },
    basis: { version: entry.version },
  }
}

async function makeJob({ kit, em, traceParent }: ActingScope, entry: Entry, slotAt: Date): Promise<JobRef> {
  try {
    return await enqueueSlot(kit, em, entry, slotAt, traceParent)
  } catch (cause) {
    // A broken connection is an outage and a locked table is a conflict; neither is an answer of the engine.
    if (cause instanceof OpsError || isUnavailable(cause) || isConflict(cause)) throw cause
    throw new OpsError('unsupported_by_engine', `${kit.engine.name} created no job in queue ${entry.queue}; does that queue exist?`, { cause })
  }
}

/** The entry is locked, so no other manual slot can appear: two runs at the same instant are recorded one microsecond apart. */
async function recordManualSlot({ kit: { db }, em, now }: ActingScope, entry: Entry, job: JobRef, eventId: string): Promise<string> {
  const [slot] = await query(
    em,
    sql<{ slot_at: string }>`
      with changed as (
        update ${db.table('cron_entry')} set version = version + 1, updated_at = ${now} where id = ${entry.id}
      )
      insert into ${db.table('cron_slot')} (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id, event_id)
      select ${entry.id}, 'manual', greatest(${now}::timestamptz, max(slot_at) + interval '1 microsecond'), 'claimed', ${now}, ${now},
        ${job.queue}, ${job.id}, ${eventId}
      from ${db.table('cron_slot')} where entry_id = ${entry.id} and kind = 'manual'
      returning slot_at`,
  )
  return isoMicroseconds(slot!.slot_at)
}
