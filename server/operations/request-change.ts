import type { OperationRequest } from '../../schemas/index.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { SeenJob } from '../engines/engine.ts'
import { recordNotice } from '../notices/outbox.ts'
import { uuidv7 } from '../uuid.ts'
import { transactWithRetry } from './retry.ts'
import { type EventRow, hintOfEvent, type NewEvent, writeEvent } from './event.ts'
import type { Applied, Operation, Planned, Target } from './operation.ts'
import { closeRequest, codeOfFailure, openRequest } from './outside.ts'
import { answerMs, recordLater, waitOrLeave, withoutTimeouts } from './pending.ts'
import { hashPlan } from './preview.ts'
import type { ActingScope } from './scope.ts'
import { scheduleJobRecheck } from './second-look.ts'

type Describe = (applied: Applied) => NewEvent & { id: string }

/** A change that is recorded as requested, before the engine is called. */
export interface Requested {
  requested: {
    eventId: string
    /** Builds the event; without a result, it describes what was planned, in case the change fails. */
    describe: Describe
    /** Hash of the confirmed plan. */
    hash: string
    reason?: string
  }
}

/** Does this change happen in an engine that cannot join our transaction? What the engine lacks, others do because of what we write. */
export function isOutside({ onEngine, action }: Operation, { kit: { engine } }: Pick<ActingScope, 'kit'>): boolean {
  return onEngine === true && !engine.transactional && (engine.lacks as Partial<Record<string, string>>)[action] === undefined
}

/**
 * First half, inside the transaction that consumes the preview or claims the key: records the request as evidence. It claims the
 * subject: no other change of it can be requested until the outcome of this one is recorded.
 */
export async function requestChange(
  scope: ActingScope,
  target: Target,
  planned: Planned,
  describe: Describe,
  { hash, reason }: { hash: string; reason?: string },
): Promise<Requested> {
  const event = describe({})
  const eventId = uuidv7(scope.now.getTime())
  const detail = { jobs: seenJobs(target.found), resource: target.resource, before: planned.before, after: planned.after }
  const { type, id } = event.subject
  const opened = await openRequest(scope.kit, scope.em, { ...event, id: eventId }, event.id, detail, `${type}:${id}`)
  if (!opened) throw new OpsError('mutation_conflict', `Another change of ${type} ${id} was requested from the engine and is not finished yet; try again in a moment.`)
  return { requested: { eventId, describe, hash, reason } }
}

/**
 * Second half: calls the engine, outside any transaction of ours, and records the outcome in the second event. If the answer
 * takes too long, the request is refused as `Unanswered`, and the outcome is recorded and passed to `publish` when it comes. If
 * the process dies in between, or our database does after the engine has answered, the request stays open and is settled as an
 * orphan, without a claim about its outcome.
 */
export async function executeRequested(
  operation: Operation,
  request: OperationRequest,
  scope: ActingScope,
  { requested }: Requested,
  publish: (event: EventRow) => void,
): Promise<EventRow> {
  const acting: ActingScope = { ...scope, em: scope.kit.db.em(), reason: requested.reason }
  const record = async (applying: Promise<Applied>, target: Target): Promise<EventRow> =>
    recordSuccess(operation, request, acting, target, requested, await recordingFailure(acting, requested, applying))

  const target = await recordingFailure(acting, requested, findConfirmedTarget(operation, request, acting, requested))
  const applying = operation.apply(request, target, withoutTimeouts(acting), requested.describe({}).id)
  await waitOrLeave(settled(applying), answerMs, () =>
    recordLater(scope.kit, requested.eventId, async () => {
      await applying.catch(() => {})
      const event = await record(applying, target).catch((error: unknown) => {
        // A recorded failure is an outcome, too; one that could not be recorded leaves the request open.
        if (error instanceof OpsError && error.details.recorded) return undefined
        throw error
      })
      if (event) publish(event)
    }),
  )
  return record(applying, target)
}

/** Resolves when `work` has ended, successfully or not. */
async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {})
}

/** The engine is called only if the plan is still the confirmed one: a subject that has changed since is left alone. */
async function findConfirmedTarget(operation: Operation, request: OperationRequest, scope: ActingScope, { hash }: Requested['requested']): Promise<Target> {
  const target = await operation.find(request, scope)
  const planned = await operation.plan(request, target, scope)
  if (hashPlan(request, planned) === hash) return target
  throw new OpsError('mutation_conflict', 'Another change came first; look again and retry.')
}

/** Records the outcome of a change that has been made, together with our own data about it, in one transaction. */
function recordSuccess(
  operation: Operation,
  request: OperationRequest,
  scope: ActingScope,
  target: Target,
  { eventId, describe }: Requested['requested'],
  applied: Applied,
): Promise<EventRow> {
  const { kit } = scope
  const { id: finalId } = describe({})
  return transactWithRetry(kit, async (em) => {
    const result = (await operation.keep?.(request, target, applied, { ...scope, em, locking: true }, finalId)) ?? applied
    await em.flush()
    const first = await closeRequest(em, eventId)
    const event = linkedToRequest(describe(result), eventId)
    const row = await writeEvent(kit.db, em, { ...event, id: first ? finalId : uuidv7() })
    await scheduleJobRecheck(operation, target, { ...scope, em }, row.id)
    if (operation.repairs?.(target)) await recordNotice(kit, em, row)
    return row
  })
}

const outcomeUnknown = 'Whether the change was made is unknown; check the current state.'

/** Waits for a step that may fail; a failure is recorded as the outcome of the request. */
async function recordingFailure<Answer>(scope: ActingScope, requested: Requested['requested'], step: Promise<Answer>): Promise<Answer> {
  try {
    return await step
  } catch (error) {
    const recorded = await recordFailure(scope, requested, error)
    const reported = error instanceof OpsError ? error : new OpsError('unavailable', `The engine failed. ${outcomeUnknown}`, { cause: error })
    reported.details.recorded = recorded
    throw reported
  }
}

function linkedToRequest(event: NewEvent & { id: string }, requestedId: string): NewEvent & { id: string } {
  return { ...event, metadata: { ...event.metadata, requested: requestedId } }
}

/** False if it could not be recorded. */
async function recordFailure({ kit }: ActingScope, { eventId, describe }: Requested['requested'], error: unknown): Promise<boolean> {
  const refused = error instanceof OpsError
  try {
    await kit.db.transact(async (em) => {
      if (!(await closeRequest(em, eventId))) return
      const note = refused ? error.message : `The engine failed. ${outcomeUnknown}`
      const recorded = linkedToRequest(describe({}), eventId)
      await writeEvent(kit.db, em, { ...recorded, outcome: 'failed', code: codeOfFailure(error), metadata: { ...recorded.metadata, note } })
    })
    kit.publishHint(hintOfEvent(describe({})))
    return true
  } catch (cause) {
    // The request stays open, and is settled as an orphan.
    kit.log.error('the outcome of a request could not be recorded', { event: eventId, ...describeFailure(cause) })
    return false
  }
}

/** The job to change with the version it was seen in, so that another process can find out what became of it. */
function seenJobs(found: unknown): SeenJob[] | undefined {
  if (typeof found !== 'object' || found === null || !('version' in found) || !('queue' in found) || !('id' in found)) return undefined
  const { id, queue, version } = found as SeenJob
  return [{ id, queue, version }]
}
