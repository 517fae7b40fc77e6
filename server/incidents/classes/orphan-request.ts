import { z } from 'zod'
import { operationLabel } from '../../../schemas/index.ts'
import type { Affected, Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { RequestSeen } from '../sight/requests.ts'
import { clock } from '../words.ts'

const facts = z.object({ eventId: z.string(), action: z.string(), subject: z.object({ type: z.string(), id: z.string() }), queue: z.string().optional(), at: z.string() })
type Facts = z.infer<typeof facts>

/** A change was requested from an engine that cannot join our transaction, and its outcome was never recorded. */
export const orphanRequest: IncidentClass<Facts> = {
  name: 'orphan_request',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 0,
  find: ({ requests }) => (requests ? { asOf: requests.asOf, candidates: requests.value.map(candidateOf) } : 'unavailable'),
  describe,
  affected,
}

function candidateOf({ eventId, action, subject, queue, worker, at }: RequestSeen): Candidate<Facts> {
  const { type, id } = subject
  return {
    key: eventId,
    scope: { eventId, queue, worker, ...(type === 'job' && { jobId: id }), ...(type === 'cron_entry' && { cronEntry: id }) },
    began: new Date(at),
    count: 1,
    facts: { eventId, action, subject, queue, at },
  }
}

function affected({ subject: { type, id } }: Facts): Affected {
  if (type === 'job') return { jobs: { ids: [id] } }
  return type === 'queue' ? { queue: id } : {}
}

function describe({ action, subject: { type, id }, queue, at }: Facts, { now }: Telling): Description {
  const label = operationLabel(action)
  const on = type === 'job' ? `job ${id}` : id
  return {
    title: `${label}: outcome unknown`,
    headline: `“${label}” on ${on} was requested at ${clock(at, now)}, and the process ended before it recorded the engine's answer. Whether the change was made is unknown.`,
    measured: [{ label: `Requested at ${clock(at, now)}, without an outcome on record`, note: 'audit log' }],
    ruledOut: [{ label: 'A later successful operation on the same subject: none', note: 'audit log' }],
    facts: [
      { label: 'Operation', value: label },
      { label: 'Requested', value: clock(at, now) },
    ],
    affected: { jobs: type === 'job' ? { count: 1, how: 'exact' } : null, queues: queue === undefined ? [] : [queue], executors: null },
  }
}
