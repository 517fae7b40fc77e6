import type { OperationRequest } from '../../schemas/index.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { SeenJob } from '../engines/engine.ts'
import { uuidv7 } from '../uuid.ts'
import { type EventRow, hintOfEvent, type NewEvent, writeEvent } from './event.ts'
import type { Applied, Operation, Planned, Target } from './operation.ts'
import { closeRequest, codeOfFailure, openRequest } from './outside.ts'
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

/** First half, inside the transaction that consumes the preview or claims the key: the evidence that it will be asked. */
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
  await openRequest(scope.kit, scope.em, { ...event, id: eventId }, event.id, detail)
  return { requested: { eventId, describe, hash, reason } }
}

/**
 * Second half: the engine is asked, and the second event tells how that ended. When the process dies in between, or our
 * database does after the engine has answered, the request stays open and is settled as an orphan; nothing is claimed.
 */
export async function carryOut(operation: Operation, request: OperationRequest, scope: ActingScope, { requested }: Requested): Promise<EventRow> {
  const { kit } = scope
  let answered = false
  try {
    return await kit.db.transact(async (em) => {
      const locked: ActingScope = { ...scope, em, locking: true, reason: requested.reason }
      const target = await operation.find(request, locked)
      const planned = await operation.plan(request, target, locked)
      if (hashPlan(request, planned) !== requested.hash) throw new OpsError('mutation_conflict', 'Another change came first; look again and retry.')
      const finalId = requested.describe({}).id
      const applied = await operation.apply(request, target, locked, finalId)
      answered = true
      await em.flush()
      const event = requested.describe(applied)
      const settled = !(await closeRequest(kit, em, requested.eventId))
      const row = await writeEvent(kit.db, em, { ...linkedToRequest(event, requested.eventId), id: settled ? uuidv7() : event.id })
      await watchJob(operation, target, locked, row.id)
      return row
    })
  } catch (error) {
    if (answered) throw error
    const recorded = await recordFailure(scope, requested, error)
    if (error instanceof OpsError) error.details.recorded = recorded
    throw error instanceof OpsError ? error : new OpsError('unavailable', `The engine failed. ${notKnown}`, { recorded, cause: error })
  }
}

const notKnown = 'Whether the change was made is not known; look again.'

function linkedToRequest(event: NewEvent & { id: string }, requestedId: string): NewEvent & { id: string } {
  return { ...event, metadata: { ...event.metadata, requested: requestedId } }
}

/** False when it could not be recorded. */
async function recordFailure({ kit }: ActingScope, { eventId, describe }: Requested['requested'], error: unknown): Promise<boolean> {
  const event = describe({})
  const refused = error instanceof OpsError
  try {
    await kit.db.transact(async (em) => {
      if (!(await closeRequest(kit, em, eventId))) return
      const note = refused ? error.message : `The engine failed. ${notKnown}`
      const recorded = linkedToRequest(event, eventId)
      await writeEvent(kit.db, em, { ...recorded, outcome: 'failed', code: codeOfFailure(error), metadata: { ...recorded.metadata, note } })
    })
    kit.publishHint(hintOfEvent(event))
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
