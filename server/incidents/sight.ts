import { describeFailure } from '../describe-failure.ts'
import { ageOfFigures } from '../figures/age.ts'
import type { Scope } from '../operations/scope.ts'
import { type BurstSeen, readBursts } from './sight/bursts.ts'
import { type CronSeen, readCron } from './sight/cron.ts'
import { type DiscardedSeen, readDiscarded } from './sight/discarded.ts'
import { type EngineSeen, readEngine } from './sight/engine.ts'
import { type MissingExecutor, readMissing } from './sight/executors.ts'
import { type QueuesSeen, readQueues } from './sight/queues.ts'
import { readRequests, type RequestSeen } from './sight/requests.ts'
import { readRunning, type RunningSeen } from './sight/running.ts'

/** A value together with the time at which it was true. */
export interface Measured<Value> {
  value: Value
  asOf: Date
}

/** null: it could not be read, was never measured, or is too old to use. */
export type Source<Value> = Measured<Value> | null

/** The input of one tick of the detector, read once from our own tables. */
export interface Sight {
  now: Date
  engine: Source<EngineSeen>
  queues: Source<QueuesSeen>
  requests: Source<RequestSeen[]>
  missing: Source<MissingExecutor[]>
  running: Source<RunningSeen[]>
  discarded: Source<DiscardedSeen[]>
  cron: Source<CronSeen>
  bursts: Source<BurstSeen[]>
}

/** What a source is read with. */
export type Reading = Pick<Scope, 'kit' | 'em' | 'now' | 'viewer'>

type Reader<Value> = (reading: Reading) => Promise<Source<Value>>

const readers: { [Name in keyof Omit<Sight, 'now'>]: Reader<NonNullable<Sight[Name]>['value']> } = {
  engine: readEngine,
  queues: readQueues,
  requests: readRequests,
  missing: readMissing,
  running: readRunning,
  discarded: readDiscarded,
  cron: readCron,
  bursts: readBursts,
}
export type SourceName = keyof typeof readers

/**
 * A source that fails does not hold up the classes that need others. If all fail, the database is away.
 *
 * @throws what the first source failed with, if all failed
 */
export async function gatherSight(reading: Reading): Promise<Sight> {
  const names = Object.keys(readers) as SourceName[]
  const results = await Promise.allSettled(names.map((name) => readers[name](reading)))
  const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [{ source: names[index]!, reason: result.reason as unknown }] : []))
  if (failed.length === names.length) throw failed[0]!.reason
  for (const { source, reason } of failed) reading.kit.log.warn(`the detector could not read ${source}`, describeFailure(reason))
  const sources = results.map((result, index) => {
    const source = result.status === 'fulfilled' ? result.value : null
    return [names[index]!, source && ageOfFigures(source.asOf, reading.now) !== 'unknown' ? source : null]
  })
  return { now: reading.now, ...Object.fromEntries(sources) } as Sight
}
