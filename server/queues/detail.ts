import type { QueueDetail, QueueRange } from '../../schemas/index.ts'
import { listFeedingEntries } from '../cron/made-jobs.ts'
import type { EngineJob } from '../engines/engine.ts'
import { OpsError } from '../error.ts'
import { drainMinutes } from '../figures/drain.ts'
import { findFinding } from '../figures/finding.ts'
import { longRunningJobs } from '../figures/long-running.ts'
import { listQueueSeries, type SeriesPoint, windowOf } from '../figures/series.ts'
import { listUsualDurations } from '../figures/usual.ts'
import { pageOf } from '../host/auth.ts'
import { jobResource } from '../host/job-resource.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { headlineOf, ruledOutFor } from './headline.ts'
import { findKnownQueue, showAll } from './read.ts'

const maxOldest = 5
const maxRunning = 5
/** The oldest by creation are read; among so many, the one that has been due for longest is found although its retries came later. */
const maxRead = 20
/** Enough to see who feeds a backlog, and few enough to ask the host about each. */
const maxSampled = 500

/** @throws OpsError `not_found`, also if the viewer may not see it */
export async function getQueue(scope: Scope, name: string, range: QueueRange): Promise<QueueDetail> {
  const known = await findKnownQueue(scope, name)
  if (!known) throw new OpsError('not_found', `No queue '${name}' that you may see.`, { values: { type: 'queue', id: name } })
  const jobs = (await scope.viewer.can('view_jobs', pageOf('view_jobs'))).allowed
  const cron = (await scope.viewer.can('view_cron', pageOf('view_cron'))).allowed
  const [[shown], steps, hour, waiting, running] = await Promise.all([
    showAll(scope, [known]),
    listQueueSeries(scope, name, range),
    range === '1h' ? null : listQueueSeries(scope, name, '1h'),
    listWaiting(scope, name, jobs),
    jobs ? listRunning(scope, name) : null,
  ])
  const feeding = cron ? await listFeedingEntries(scope, name, (waiting?.sampled ?? []).map(({ id }) => id)) : undefined
  const { series: _series, ...queue } = shown!
  const { from, to, stepSeconds } = windowOf(scope.now, range)
  return {
    ...queue,
    headline: headlineOf(scope, known),
    ruledOut: ruledOutFor(known),
    drainMinutes: drainMinutes(hour ?? steps, scope.now),
    chart: { from: from.toISOString(), to: to.toISOString(), stepSeconds, steps: steps.map((step) => showStep(scope, step)) },
    oldest: waiting && waiting.oldest.map(({ id, worker, dueAt, createdAt }) => ({ id, worker, dueAt: (dueAt ?? createdAt).toISOString(), cronEntry: feeding?.madeBy.get(id) })),
    running,
    hostLines: scope.kit.engine.hostLines?.(name) ?? {},
    fedBy: {
      entries: (feeding?.entries ?? []).map((entry) => ({ name: entry.name, nextSlotAt: entry.nextSlotAt?.toISOString() ?? null, paused: entry.paused, waiting: waiting ? entry.made : null })),
      looked: waiting && { jobs: waiting.sampled.length, all: waiting.all },
    },
  }
}

function showStep({ kit: { engine } }: Scope, { finishedPerMinute, startedPerMinute, ...step }: SeriesPoint): QueueDetail['chart']['steps'][number] {
  const counts = engine.lacks.finished_jobs === undefined
  return { ...step, finishedPerMinute: counts ? finishedPerMinute : null, startedPerMinute: counts ? startedPerMinute : null }
}

interface WaitingJobs {
  oldest: EngineJob[]
  sampled: { id: string }[]
  /** Whether `sampled` is all that is available. */
  all: boolean
}

/** Read live, as the jobs list is. null: the engine does not answer, or does not do so in time. */
async function listWaiting({ kit: { engine }, viewer }: Scope, queue: string, allowed: boolean): Promise<WaitingJobs | null> {
  if (!allowed) return { oldest: [], sampled: [], all: false }
  const filter = { queue, states: ['available' as const] }
  const read = await Promise.all([engine.list(filter, { order: 'oldest', limit: maxRead }), engine.select(filter, { limit: maxSampled })]).catch(() => null)
  if (!read) return null
  const [oldest, sampled] = await Promise.all(read.map(({ jobs }) => visible(viewer, jobs, 'view_jobs', jobResource))) as [EngineJob[], { id: string }[]]
  const due = ({ dueAt, createdAt }: EngineJob) => (dueAt ?? createdAt).getTime()
  return { oldest: oldest.toSorted((a, b) => due(a) - due(b)).slice(0, maxOldest), sampled, all: read[1].next === undefined }
}

async function listRunning(scope: Scope, queue: string): Promise<QueueDetail['running']> {
  const finding = await findFinding(scope, longRunningJobs)
  if (!finding?.data) return null
  const seen = await visible(scope.viewer, finding.data.filter((job) => job.queue === queue), 'view_jobs', jobResource)
  const usual = await listUsualDurations(scope, seen)
  return {
    asOf: finding.asOf.toISOString(),
    jobs: seen.slice(0, maxRunning).map(({ id, worker, startedAt, executor }) => ({
      id,
      worker,
      startedAt,
      executor,
      usualSeconds: usual.find((each) => each.worker === worker)?.p50Seconds ?? null,
    })),
  }
}
