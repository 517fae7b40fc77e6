import type { SelectionBreakdown } from '../../../schemas/index.ts'
import type { EngineJob } from '../../engines/engine.ts'
import { groupsOfJob } from '../../errors/jobs-of-group.ts'
import { parseError } from '../../errors/parse-error.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { visibleJobs } from '../resource.ts'
import { showJob } from '../show.ts'

const pageOfIds = 1_000
const maxErrors = 4
const maxTitle = 200
const maxSample = 3
const steps = 36

/** What the given jobs of a selection are made of: their errors, when they ended, and some of them as the actor may see them. */
export async function describeJobs(scope: ActingScope, ids: readonly string[]): Promise<SelectionBreakdown> {
  const jobs: EngineJob[] = []
  for (let from = 0; from < ids.length; from += pageOfIds) {
    jobs.push(...(await visibleJobs(scope, await scope.kit.engine.read(ids.slice(from, from + pageOfIds)))))
  }
  return { looked: jobs.length, ...errorsOf(scope, jobs), times: timesOf(jobs), sample: sampleOf(scope, jobs) }
}

/** By the error groups, but named by what this actor is shown of one of their errors. */
function errorsOf(scope: ActingScope, jobs: EngineJob[]): Pick<SelectionBreakdown, 'byError' | 'otherErrors'> {
  const failed = jobs.filter(({ error, state }) => error !== undefined && state !== 'completed')
  const groups = [...Map.groupBy(failed, (job) => groupsOfJob(scope.kit, job).fingerprint).values()].toSorted((a, b) => b.length - a.length)
  const byTitle = new Map<string, number>()
  for (const [first, ...rest] of groups.slice(0, maxErrors)) {
    const title = titleOf(scope, first!)
    byTitle.set(title, (byTitle.get(title) ?? 0) + rest.length + 1)
  }
  const counted = [...byTitle.values()].reduce((sum, count) => sum + count, 0)
  return { byError: [...byTitle].map(([title, count]) => ({ title, count })), otherErrors: failed.length - counted }
}

function titleOf(scope: ActingScope, job: EngineJob): string {
  const { error = '' } = showJob(scope.viewer, job, 'preview')
  const [line = ''] = parseError({ text: error }).message.split('\n')
  return (line || error).slice(0, maxTitle)
}

/** When they ended, if most have, otherwise when they were created. */
function timesOf(jobs: EngineJob[]): SelectionBreakdown['times'] {
  const ended = jobs.filter(({ finishedAt }) => finishedAt).length * 2 > jobs.length
  const times = jobs.flatMap(({ finishedAt, createdAt }) => (ended ? (finishedAt?.getTime() ?? []) : createdAt.getTime()))
  if (times.length === 0) return undefined
  const from = times.reduce((least, time) => Math.min(least, time))
  const to = times.reduce((most, time) => Math.max(most, time))
  const stepSeconds = Math.max(1, Math.ceil((to - from + 1) / 1_000 / steps))
  const counts = Array.from({ length: Math.floor((to - from) / 1_000 / stepSeconds) + 1 }, () => 0)
  for (const time of times) counts[Math.floor((time - from) / 1_000 / stepSeconds)]! += 1
  return { which: ended ? 'finished' : 'created', from: new Date(from).toISOString(), stepSeconds, counts }
}

/** The newest of those that were looked at. */
function sampleOf({ viewer }: ActingScope, jobs: EngineJob[]): SelectionBreakdown['sample'] {
  return jobs
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
    .slice(0, maxSample)
    .map((job) => {
      const { id, queue, worker, state, args, createdAt, finishedAt } = showJob(viewer, job, 'preview')
      return { id, queue, worker, state, args, at: finishedAt ?? createdAt }
    })
}
