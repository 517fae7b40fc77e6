import { listDeploys } from '../../deploys/read.ts'
import { type ErrorOrigin, listOrigins } from '../../errors/origins.ts'
import { type GroupVerdict, listVerdicts } from '../../errors/verdicts.ts'
import { listExecutors } from '../../executors/executors.ts'
import type { Reading, Source } from '../sight.ts'

/** A deploy this shortly before the first failure is mentioned: as an order of events, never as a cause. */
const deployWithinMs = 3_600_000

/** Errors of one group far above their usual rate, with where they happen. */
export interface BurstSeen extends GroupVerdict {
  since: Date
  origins: ErrorOrigin[]
  /** Executors of its queue that are not missing. */
  serving: { name: string; version: string | null }[]
  /** The last deploy before it began. */
  deploy?: { version: string; at: string }
}

export async function readBursts(reading: Reading): Promise<Source<BurstSeen[]>> {
  const verdicts = await listVerdicts(reading)
  if (!verdicts) return null
  const bursts = verdicts.groups.filter(({ burst, silenced }) => burst && !silenced).map((group) => ({ ...group, since: group.burstSince ?? verdicts.asOf }))
  if (!bursts.length) return { value: [], asOf: verdicts.asOf }
  const first = new Date(Math.min(...bursts.map(({ since }) => since.getTime())))
  const origins = Map.groupBy(await listOrigins(reading, bursts.map(({ fingerprint }) => fingerprint), first), ({ fingerprint }) => fingerprint)
  const deploys = await listDeploys({ ...reading, source: 'system', requestId: 'detector' }, new Date(first.getTime() - deployWithinMs), reading.now)
  const executors = (await listExecutors(reading)).filter(({ health }) => health !== 'missing')
  return {
    value: bursts.map((burst) => {
      const before = deploys.findLast(({ at }) => Date.parse(at) <= burst.since.getTime() && Date.parse(at) > burst.since.getTime() - deployWithinMs)
      const serving = executors.filter(({ queues }) => queues.some(({ queue }) => queue === burst.queue)).map(({ name, version }) => ({ name, version }))
      return { ...burst, origins: origins.get(burst.fingerprint) ?? [], serving, ...(before && { deploy: { version: before.version, at: before.at } }) }
    }),
    asOf: verdicts.asOf,
  }
}
