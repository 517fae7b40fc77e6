import { describe, expect, test } from 'vitest'
import { incidentClasses, type IncidentClassName } from '../../../schemas/index.ts'
import { explain, type Explainable, inhibitions } from '../../../server/incidents/inhibition.ts'

const of = (name: IncidentClassName, more: Partial<Explainable> = {}): Explainable => ({ id: name, class: name, state: 'open', scope: {}, facts: {}, ...more })
const causes = (...incidents: Explainable[]) => Object.fromEntries(explain(incidents))

describe('the cause of an incident', () => {
  test.each<[title: string, incidents: Explainable[], expected: Record<string, string>]>([
    ['is the engine that does not answer, whatever it is', [of('engine_unreachable'), of('stuck_queue'), of('orphan_request')], { stuck_queue: 'engine_unreachable', orphan_request: 'engine_unreachable' }],
    ['is the missing scheduler for a missed run', [of('scheduler_down'), of('missed_fire'), of('stuck_queue')], { missed_fire: 'scheduler_down' }],
    ['is the missing executor for its queue, if no other is left', [of('executor_missing', { facts: { deserted: ['report'] } }), of('stuck_queue', { scope: { queue: 'report' } })], { stuck_queue: 'executor_missing' }],
    ['is no missing executor of another queue', [of('executor_missing', { facts: { deserted: ['mail'] } }), of('stuck_queue', { scope: { queue: 'report' } })], {}],
    ['is no missing executor where others are left', [of('executor_missing'), of('stuck_queue', { scope: { queue: 'report' } })], {}],
    ['is the burst of the same error for jobs that failed for good', [of('failure_burst', { scope: { fingerprint: 'e1:a' } }), of('retry_exhausted', { scope: { fingerprint: 'e1:a' } })], { retry_exhausted: 'failure_burst' }],
    ['is no burst of another error', [of('failure_burst', { scope: { fingerprint: 'e1:a' } }), of('retry_exhausted', { scope: { fingerprint: 'e1:b' } })], {}],
    ['is no burst if the error is unknown', [of('failure_burst'), of('retry_exhausted')], {}],
    ['is nothing that is not open', [of('engine_unreachable', { state: 'pending' }), of('stuck_queue'), of('scheduler_down', { state: 'resolved' }), of('missed_fire')], {}],
    ['is known while it is pending itself', [of('engine_unreachable'), of('stuck_queue', { state: 'pending' })], { stuck_queue: 'engine_unreachable' }],
    ['is never looked for once it is resolved', [of('engine_unreachable'), of('stuck_queue', { state: 'resolved' })], {}],
    ['is the one behind all, where there are several', [of('scheduler_down'), of('engine_unreachable'), of('missed_fire')], { missed_fire: 'engine_unreachable', scheduler_down: 'engine_unreachable' }],
  ])('%s', (_title, incidents, expected) => {
    expect(causes(...incidents)).toEqual(expected)
  })

  test('is never the incident itself, directly or through others', () => {
    const edges = inhibitions.flatMap(({ cause, symptoms }) => (symptoms === 'all' ? (Object.keys(incidentClasses) as IncidentClassName[]).filter((name) => name !== cause) : symptoms).map((symptom) => [cause, symptom] as const))
    const reached = (from: IncidentClassName, seen = new Set<IncidentClassName>()): Set<IncidentClassName> => {
      for (const [cause, symptom] of edges) if (cause === from && !seen.has(symptom)) reached(symptom, seen.add(symptom))
      return seen
    }
    expect(edges.filter(([cause]) => reached(cause).has(cause))).toEqual([])
  })
})
