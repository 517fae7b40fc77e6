import type { OperationRequest } from '../../schemas/index.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { SeenJob } from '../engines/engine.ts'
import { uuidv7 } from '../uuid.ts'
import { transactAgain } from './deadlock.ts'
import { type EventRow, hintOfEvent, type NewEvent, writeEvent } from './event.ts'
import type { Applied, Operation, Planned, Target } from './operation.ts'
import { closeRequest, codeOfFailure, openRequest } from './outside.ts'
import { answerMs, recordLater, waitOrLeave, withoutTimeouts } from './pending.ts'
import { hashPlan } from './preview.ts'
import type { ActingScope } from './scope.ts'
import { watchJob } from './second-look.ts'

type Describe = (applied: Applied) => NewEvent & { id: string }

/** A change that is written down as requested and not asked of the engine yet. */
export interface Requested {
  requested: {
    eventId: string
    /** Tells what was to happen, should it fail. */
    describe: Describe
    /** Of the plan that was confirmed. */
    hash: string
    reason?: string
  }
}

/** Does this change happen in an engine that cannot join our transaction? */
export function isOutside({ onEngine }: Operation, { kit: { engine } }: Pick<ActingScope, 'kit'>): boolean {
  return onEngine === true && !engine.transactional
}

/**
 * First half, inside the transaction that consumes the preview or claims the key: the evidence that it will be asked. It claims
 * the subject: no second change of it is asked until the end of this one is recorded.
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
  if (!opened) throw new OpsError('mutation_conflict', `Another change of ${type} ${id} was asked of the engine and has no end yet; look again in a moment.`)
  return { requested: { eventId, describe, hash, reason } }
}

/**
 * Second half: the engine is asked, outside any transaction of ours, and the second event tells how that ended. An answer that
 * takes too long is recorded when it comes (`publish` hears of it), and whoever asked is told that it is on its way. When the
 * process dies in between, or our database does after the engine has answered, the request stays open and is settled as an
 * orphan; nothing is claimed.
 */
export async function carryOut(
  operation: Operation,
  request: OperationRequest,
  scope: ActingScope,
  { requested }: Requested,
  publish: (event: EventRow) => void,
): Promise<EventRow> {
  const acting: ActingScope = { ...scope, em: scope.kit.db.em(), reason: requested.reason }
  const end = async (asked: Promise<Applied>, target: Target): Promise<EventRow> =>
    recordSuccess(operation, request, acting, target, requested, await failing(acting, requested, asked))

  const target = await failing(acting, requested, lookAgain(operation, request, acting, requested))
  const asked = operation.apply(request, target, withoutTimeouts(acting), requested.describe({}).id)
  await waitOrLeave(settled(asked), answerMs, () =>
    recordLater(scope.kit, requested.eventId, async () => {
      await asked.catch(() => {})
      const event = await end(asked, target).catch((error: unknown) => {
        // The failure itself is recorded; one that could not be leaves the request open.
        if (error instanceof OpsError && error.details.recorded) return undefined
        throw error
      })
      if (event) publish(event)
    }),
  )
  return end(asked, target)
}

/** Resolves when `work` has ended, however it did. */
async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {})
}

/** The engine is asked only for what was confirmed: what has changed since then is left alone. */
async function lookAgain(operation: Operation, request: OperationRequest, scope: ActingScope, { hash }: Requested['requested']): Promise<Target> {
  const target = await operation.find(request, scope)
  const planned = await operation.plan(request, target, scope)
  if (hashPlan(request, planned) === hash) return target
  throw new OpsError('mutation_conflict', 'Another change came first; look again and retry.')
}

/** The end of a request whose change is made, with what we keep of it ourselves, in one transaction. */
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
  return transactAgain(kit, async (em) => {
    const kept = (await operation.keep?.(request, target, applied, { ...scope, em, locking: true }, finalId)) ?? applied
    await em.flush()
    const first = await closeRequest(em, eventId)
    const event = linkedToRequest(describe(kept), eventId)
    const row = await writeEvent(kit.db, em, { ...event, id: first ? finalId : uuidv7() })
    await watchJob(operation, target, { ...scope, em }, row.id)
    return row
  })
}

const notKnown = 'Whether the change was made is not known; look again.'

/** Waits for a step that may fail, and records the failure as the end of the request. */
async function failing<Answer>(scope: ActingScope, requested: Requested['requested'], step: Promise<Answer>): Promise<Answer> {
  try {
    return await step
  } catch (error) {
    const recorded = await recordFailure(scope, requested, error)
    const told = error instanceof OpsError ? error : new OpsError('unavailable', `The engine failed. ${notKnown}`, { cause: error })
    told.details.recorded = recorded
    throw told
  }
}

function linkedToRequest(event: NewEvent & { id: string }, requestedId: string): NewEvent & { id: string } {
  return { ...event, metadata: { ...event.metadata, requested: requestedId } }
}

/** False when it could not be recorded. */
async function recordFailure({ kit }: ActingScope, { eventId, describe }: Requested['requested'], error: unknown): Promise<boolean> {
  const refused = error instanceof OpsError
  try {
    await kit.db.transact(async (em) => {
      if (!(await closeRequest(em, eventId))) return
      const note = refused ? error.message : `The engine failed. ${notKnown}`
      const recorded = linkedToRequest(describe({}), eventId)
      await writeEvent(kit.db, em, { ...recorded, outcome: 'failed', code: codeOfFailure(error), metadata: { ...recorded.metadata, note } })
    })
    kit.publishHint(hintOfEvent(describe({})))
    return true
  } catch (cause) {
    // The request stays open, and is settled as an orphan.
    kit.log.error('the end of a request could not be recorded', { event: eventId, ...describeFailure(cause) })
    return false
  }
}

/** The job that is to change, in the state it was seen in, so that somebody else can find out what became of it. */
function seenJobs(found: unknown): SeenJob[] | undefined {
  if (typeof found !== 'object' || found === null || !('version' in found) || !('queue' in found) || !('id' in found)) return undefined
  const { id, queue, version } = found as SeenJob
  return [{ id, queue, version }]
}
