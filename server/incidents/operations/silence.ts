import { formatCount, type OperationRequest } from '../../../schemas/index.ts'
import type { Silence } from '../../db/entities.ts'
import { fieldError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import { silenceOf } from '../legality.ts'
import { describeIncident } from '../show.ts'
import { aboutIncident } from '../record.ts'
import { changeIncident } from './change.ts'
import { findIncident, type Found, nameIncident, requireIncident } from './subject.ts'

type Silencing = Extract<OperationRequest, { action: 'silence_incident' }>
type Ending = Extract<OperationRequest, { action: 'unsilence_incident' }>
type Ends = Silencing['input']

const maxDays = 30
const maxSilenceMs = maxDays * 86_400_000
/** Between the preview and its execution, and for clocks that differ. */
const toleranceMs = 60_000

export const silenceIncident = defineOperation<Silencing, Found>({
  action: 'silence_incident',
  eventType: 'incident.silenced',
  reason: 'required',
  risk: 'medium',
  announced: true,
  find: findIncident,

  async plan({ action, subject, input }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    const { title, affected } = await describeIncident(scope, incident)
    checkUntil(input, scope.now)
    const count = affected.jobs?.count
    if (input.untilCount !== undefined && count !== undefined && count > input.untilCount) {
      throw fieldError('input.untilCount', `got ${input.untilCount}, but ${formatCount(count)} jobs are affected already; expected a larger number`)
    }
    return {
      title: `Silence: ${title}`,
      effect: `No notices about it are sent until ${endsInWords(input)}. It stays in every list, marked as silenced. Other incidents are not affected.`,
      before: { silencedUntil: null },
      after: endsIn(input),
    }
  },

  async apply({ input }, { found }, scope, eventId) {
    const until = (input.until === undefined ? new Date(scope.now.getTime() + maxSilenceMs) : new Date(input.until)).toISOString()
    const silence: Silence = { ...input, until, at: scope.now.toISOString(), by: scope.principal, eventId, ...(scope.reason !== undefined && { reason: scope.reason }) }
    await changeIncident(scope, found!, { silence })
    return { after: { ...endsIn(input), silencedUntil: until }, result: { until }, metadata: aboutIncident(found!, scope.now) }
  },
})

export const unsilenceIncident = defineOperation<Ending, Found>({
  action: 'unsilence_incident',
  eventType: 'incident.unsilenced',
  reason: 'optional',
  risk: 'low',
  announced: true,
  find: findIncident,

  async plan({ action, subject }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    const silence = silenceOf(incident, scope.now)!
    return {
      title: `End silence: ${await nameIncident(scope, incident)}`,
      effect: 'Notices about it are sent again from now on.',
      before: { ...endsIn(silence), silencedBy: silence.by.label },
      after: { silencedUntil: null },
      basis: { eventId: silence.eventId },
    }
  },

  async apply(_request, { found }, scope) {
    await changeIncident(scope, found!, { silence: null })
    return { metadata: aboutIncident(found!, scope.now) }
  },
})

function checkUntil({ until }: Ends, now: Date): void {
  if (until === undefined) return
  const left = Date.parse(until) - now.getTime()
  if (left <= 0) throw fieldError('input.until', `got ${until}; expected an instant in the future`)
  if (left > maxSilenceMs + toleranceMs) throw fieldError('input.until', `got ${until}; expected an instant within ${maxDays} days`)
}

function endsIn({ until, untilRate, untilCount }: Ends): Record<string, unknown> {
  return {
    silencedUntil: until === undefined ? `${maxDays} days after this` : new Date(until).toISOString(),
    ...(untilRate !== undefined && { orFailuresPerMinuteAbove: untilRate }),
    ...(untilCount !== undefined && { orAffectedJobsAbove: untilCount }),
  }
}

function endsInWords({ until, untilRate, untilCount }: Ends): string {
  const earlier = [
    ...(untilRate === undefined ? [] : [`more than ${formatCount(untilRate)} jobs fail per minute`]),
    ...(untilCount === undefined ? [] : [`more than ${formatCount(untilCount)} jobs are affected`]),
  ]
  const time = until === undefined ? `${maxDays} days have passed` : new Date(until).toISOString()
  return earlier.length ? `${earlier.join(' or ')}, at the latest until ${time}` : time
}
