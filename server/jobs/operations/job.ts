import { type EventType, type JobState, operationActions, type OperationRequest, type Risk } from '../../../schemas/index.ts'
import { executorOf } from '../../db/database.ts'
import type { Engine, EngineJob, JobAction, SelectedJob } from '../../engines/engine.ts'
import { listAbandoned } from '../../executors/abandoned.ts'
import { isAttended, requestStops } from '../../executors/stops.ts'
import { uuidv7 } from '../../uuid.ts'
import { defineOperation, type Operation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { findIllegal, type JobOperation } from '../legality.ts'
import { jobResource } from '../resource.ts'
import { describeJobs, showBreakdown } from './breakdown.ts'
import { chooseJobs } from './choose.ts'
import { asksForCompleted, cautionOfCompleted, completedLeftOut, runsAgain } from './completed.ts'
import { canAskToStop, endsRun, handlerIsTold, plannedStop } from './stop.ts'
import { findJob, nameOf, requireDone, requireJob, requireLegal, requireSeen } from './subject.ts'
import { undoOf, whyNotRestorable } from './undo.ts'

type Request = OperationRequest & { subject: { type: 'job'; id: string }; input: { seen?: string } }

export interface JobChange {
  action: JobOperation
  /** The engine action. */
  act: JobAction
  eventType: EventType
  risk: Risk
  /** What happens to one job, in one sentence. */
  effect: string
  manyEffect: string
  repairs?: boolean
}

/** The operations on jobs differ only in wording, legal states and engine action. */
export function jobOperation({ action, act, eventType, risk, effect, manyEffect, repairs }: JobChange): Operation {
  return defineOperation<Request, EngineJob | undefined>({
    action,
    eventType,
    risk,
    reason: 'required',
    onEngine: true,
    jobAction: act,
    repairs: () => repairs ?? false,

    find: findJob,

    async plan({ subject, input }, { found }, scope) {
      const job = requireJob(found, subject.id)
      requireSeen(job, input.seen)
      const asked = await canAskToStop(scope, action, job)
      if (!asked) await requireLegal(scope, action, job)
      return {
        title: `${operationActions[action].label} ${nameOf(job)} job ${job.id}`,
        effect: scope.kit.engine.removes?.[act] === undefined ? effect : goneEffect,
        cautions: await cautionsOf(scope, action, act, job),
        risk: runsAgain(act, job.state) ? 'high' : undefined,
        before: { state: job.state },
        after: { state: stateAfter(scope.kit.engine, act, job.state) },
        counts: { subjects: 1, jobs: 1 },
        basis: { version: job.version },
        ...(asked && plannedStop(job)),
      }
    },

    async apply(_request, { found }, scope) {
      const job = found!
      if (await canAskToStop(scope, action, job)) return { after: plannedStop(job).after, result: { jobId: job.id, queue: job.queue, state: job.state } }
      const [outcome] = await scope.kit.engine.act(act, [job], executorOf(scope.em))
      requireDone(outcome, job)
      const state = outcome!.state ?? stateAfter(scope.kit.engine, act, job.state)
      return { after: { state }, result: { jobId: job.id, queue: job.queue, state, detail: outcome!.detail } }
    },

    async keep(_request, { found }, applied, scope, eventId) {
      if (found && endsRun(act, found)) await requestStops(scope, eventId, [found])
      return applied
    },

    many: {
      repairs,
      choose: (selection, until, scope, bounded) => chooseJobs(scope, selection, until, bounded),
      resource: jobResource,
      describe: (ids, scope) => describeJobs(scope, ids),
      show: (stored, scope) => showBreakdown(scope, stored),
      completedLeftOut: act === 'retry' ? completedLeftOut : undefined,
      plan: (_request, { byState }, { kit: { engine }, now }) => {
        const again = runsAgain(act, 'completed') ? (byState.completed ?? 0) : 0
        return {
          effect: engine.removes?.[act] === undefined ? manyEffect : manyGoneEffect,
          after: { state: stateAfter(engine, act) },
          cautions: [...(again ? [cautionOfCompleted(again)] : []), ...wayBack(engine, act, now)],
          risk: again ? 'high' : undefined,
        }
      },
      async apply(jobs, _input, { kit, em }) {
        const abandoned = act === 'rescue' ? await listAbandoned({ kit, em }, jobs.map(({ id }) => ({ id, state: 'executing' }))) : undefined
        const outcomes = await kit.engine.act(act, abandoned?.size ? jobs.map((job) => ({ ...job, abandoned: abandoned.has(job.id) })) : jobs, executorOf(em))
        await requestStops({ kit, em }, uuidv7(), outcomes.filter(({ outcome, wasExecuting }) => outcome === 'done' && wasExecuting))
        return outcomes
      },
      whyNot: async (jobs, { selection }, scope) => {
        const leftOut = (job: SelectedJob) => (runsAgain(act, job.state) && !asksForCompleted(selection) ? completedLeftOut : undefined)
        const free = action === 'rescue_job' ? await releaseAbandoned(scope, jobs) : jobs
        const illegal = free.map((job) => findIllegal(scope.kit.engine, action, job)?.reason ?? leftOut(job))
        return action === 'restore_job' ? whyNotRestorable(scope, jobs, illegal) : illegal
      },
    },
  })
}

/** When a job began is part of its version, so what is found here still holds when the job is changed in that version. */
async function releaseAbandoned({ kit, em }: ActingScope, jobs: SelectedJob[]): Promise<SelectedJob[]> {
  const waiting = jobs.filter(({ state, attended }) => state === 'executing' && attended !== undefined)
  if (!waiting.length) return jobs
  const known = await kit.engine.read(waiting.map(({ id }) => id))
  const versions = new Map(waiting.map(({ id, version }) => [id, version]))
  const abandoned = await listAbandoned({ kit, em }, known.filter(({ id, version }) => versions.get(id) === version))
  return jobs.map((job) => (abandoned.has(job.id) ? { ...job, attended: undefined } : job))
}

/** If the engine removes the job, there is no way back to mention. */
const goneEffect = 'It will not run again.'
const manyGoneEffect = 'They will not run again.'

const expected: Record<JobAction, string> = {
  retry: 'available',
  cancel: 'cancelled',
  discard: 'discarded',
  restore: 'available',
  rescue: 'available',
}

function stateAfter({ removes, becomes }: Engine, action: JobAction, from?: JobState): string {
  return removes?.[action] === undefined ? (becomes?.(action, from) ?? expected[action]) : 'removed'
}

async function cautionsOf(scope: ActingScope, operation: JobOperation, action: JobAction, job: EngineJob): Promise<string[]> {
  const { kit: { engine }, now } = scope
  const cautions: string[] = []
  if (job.state === 'executing' && (action === 'cancel' || action === 'discard') && !engine.capabilities.cancelExecuting) {
    cautions.push('It is executing now, and this engine cannot stop it: it will run to completion.')
  }
  if (engine.capabilities.cancelExecuting && endsRun(action, job) && (await isAttended(scope, job))) cautions.push(handlerIsTold)
  const unsure = engine.cautions?.[operation]
  if (job.state === 'executing' && unsure !== undefined) cautions.push(unsure)
  if (runsAgain(action, job.state)) cautions.push('It has completed: whatever it did, such as sending mail or taking payments, is done again.')
  return [...cautions, ...wayBack(engine, action, now)]
}

function wayBack(engine: Engine, action: JobAction, now: Date): string[] {
  const removed = engine.removes?.[action]
  if (removed !== undefined) return [removed]
  return action === 'discard' ? [undoOf(engine, now)] : []
}
