import { z } from 'zod'
import type { Description, IncidentClass, Telling } from '../class.ts'
import { clock } from '../words.ts'

const facts = z.object({ detail: z.string(), asOf: z.string() })
type Facts = z.infer<typeof facts>

/** The job engine does not answer our checks, or answers with an error. */
export const engineUnreachable: IncidentClass<Facts> = {
  name: 'engine_unreachable',
  facts,
  opensAfterTicks: 2,
  keepOpenMs: 30_000,
  find({ engine }) {
    if (!engine) return 'unavailable'
    const { value: { ok, detail }, asOf } = engine
    return { asOf, candidates: ok ? [] : [{ key: 'engine', scope: {}, began: asOf, facts: { detail: detail.slice(0, 500), asOf: asOf.toISOString() } }] }
  },
  describe,
  affected: () => ({}),
}

function describe({ detail, asOf }: Facts, { now, showError }: Telling): Description {
  return {
    title: 'The job engine does not answer',
    headline: 'The job engine does not answer checks, so no queue can be measured and no job can be changed. Whether jobs still run is unknown.',
    error: showError(detail),
    measured: [{ label: `The last check, at ${clock(asOf, now)}, failed`, note: 'measured' }],
    ruledOut: [{ label: 'Our own database: it answers', note: 'measured' }],
    facts: [{ label: 'Last check', value: clock(asOf, now) }],
    affected: { jobs: null, queues: [], executors: null },
  }
}
