import { z } from 'zod'
import { countOf } from '../../../schemas/index.ts'
import type { Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { CronSeen } from '../sight/cron.ts'
import type { Sight } from '../sight.ts'
import { clock, spanBetween } from '../words.ts'

/** An outage of everything, including the detector, is reported for this long after it has ended. */
const reportedMs = 60_000

const facts = z.object({ since: z.string().nullable(), until: z.string().nullable(), entries: z.number(), asOf: z.string() })
type Facts = z.infer<typeof facts>

/** No process is scheduling although there are cron entries. */
export const schedulerDown: IncidentClass<Facts> = {
  name: 'scheduler_down',
  facts,
  opensAfterTicks: 2,
  keepOpenMs: 2 * 60_000,
  find({ cron, now }: Sight, thresholdsOf) {
    if (!cron) return 'unavailable'
    const down = cron.value.entries ? downtimeOf(cron.value, now, thresholdsOf().schedulerDownSeconds * 1000) : null
    return { asOf: cron.asOf, candidates: down ? [candidateOf(down, cron.value.entries, cron.asOf)] : [] }
  },
  describe,
  affected: () => ({}),
}

interface Downtime {
  /** null: none was ever on record. */
  from: Date | null
  to: Date | null
}

function downtimeOf({ lastScheduling, gap }: CronSeen, now: Date, limitMs: number): Downtime | null {
  if (!lastScheduling || now.getTime() - lastScheduling.getTime() > limitMs) return { from: lastScheduling, to: null }
  const justEnded = gap && gap.to.getTime() - gap.from.getTime() > limitMs && now.getTime() - gap.to.getTime() <= reportedMs
  return justEnded ? gap : null
}

function candidateOf({ from, to }: Downtime, entries: number, asOf: Date): Candidate<Facts> {
  return { key: 'scheduler', scope: {}, began: from ?? asOf, facts: { since: from?.toISOString() ?? null, until: to?.toISOString() ?? null, entries, asOf: asOf.toISOString() } }
}

function describe({ since, until, entries, asOf }: Facts, { now }: Telling): Description {
  const due = countOf(entries, 'cron entry', 'cron entries')
  const headline =
    since === null
      ? `No scheduler has ever run here, and ${due} ${entries === 1 ? 'is' : 'are'} waiting for one.`
      : until === null
        ? `No process has been scheduling for ${spanBetween(since, asOf)}, since ${clock(since, now)}; ${due} ${entries === 1 ? 'is' : 'are'} not running.`
        : `No process was scheduling for ${spanBetween(since, until)}, from ${clock(since, now)} to ${clock(until, now)}.`
  return {
    title: until === null ? 'No scheduler is running' : 'No scheduler was running',
    headline,
    measured: [{ label: since === null ? 'No scheduler on record' : `Last on record at ${clock(since, now)}`, note: 'coverage' }],
    ruledOut: [{ label: 'Our own database: it answers', note: 'measured' }],
    facts: [
      { label: 'Down for', value: since === null ? 'always' : spanBetween(since, until ?? asOf) },
      { label: 'Entries', value: String(entries) },
    ],
    affected: { jobs: null, queues: [], executors: null },
  }
}
