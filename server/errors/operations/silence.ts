import { formatCount, type OperationRequest } from '../../../schemas/index.ts'
import { ErrorGroup, type ErrorSilence } from '../../db/entities.ts'
import { fieldError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import { endsIn, maxDays } from '../silence.ts'
import { findGroup, type Found, nameGroup, requireGroup } from './subject.ts'

type Silencing = Extract<OperationRequest, { action: 'silence_error_group' }>
type Ending = Extract<OperationRequest, { action: 'unsilence_error_group' }>
type Ends = Silencing['input']

const maxSilenceMs = maxDays * 86_400_000
/** Between the preview and its execution, and for clocks that differ. */
const toleranceMs = 60_000

export const silenceGroup = defineOperation<Silencing, Found>({
  action: 'silence_error_group',
  eventType: 'error.silenced',
  reason: 'required',
  risk: 'medium',
  find: findGroup,

  plan({ action, subject, input }, { found }, scope) {
    const group = requireGroup(action, found, subject.id, scope.now)
    checkUntil(input, scope.now)
    return {
      title: `Silence: ${nameGroup(scope, group)}`,
      effect: `It is listed as silenced until ${endsInWords(input)}, and opens no incident of its own. It is still counted, and other errors are not silenced.`,
      before: { silencedUntil: null },
      after: endsIn(input),
    }
  },

  async apply({ input }, { found }, { em, now, principal, reason }) {
    const until = (input.until === undefined ? new Date(now.getTime() + maxSilenceMs) : new Date(input.until)).toISOString()
    const silence: ErrorSilence = { ...input, until, at: now.toISOString(), by: principal, countBefore: Number(found!.count), ...(reason !== undefined && { reason }) }
    await em.nativeUpdate(ErrorGroup, { fingerprint: found!.fingerprint }, { silence })
    return { after: { ...endsIn(input), silencedUntil: until }, result: { until } }
  },
})

export const unsilenceGroup = defineOperation<Ending, Found>({
  action: 'unsilence_error_group',
  eventType: 'error.unsilenced',
  reason: 'optional',
  risk: 'low',
  find: findGroup,

  plan({ action, subject }, { found }, scope) {
    const group = requireGroup(action, found, subject.id, scope.now)
    return {
      title: `End silence: ${nameGroup(scope, group)}`,
      effect: 'It is listed among the unresolved errors again, and can open incidents.',
      before: { ...endsIn(group.silence!), silencedBy: group.silence!.by.label },
      after: { silencedUntil: null },
      basis: { at: group.silence!.at },
    }
  },

  async apply(_request, { found }, { em }) {
    await em.nativeUpdate(ErrorGroup, { fingerprint: found!.fingerprint }, { silence: null })
    return {}
  },
})

function checkUntil({ until }: Ends, now: Date): void {
  if (until === undefined) return
  const left = Date.parse(until) - now.getTime()
  if (left <= 0) throw fieldError('input.until', `got ${until}; expected an instant in the future`)
  if (left > maxSilenceMs + toleranceMs) throw fieldError('input.until', `got ${until}; expected an instant within ${maxDays} days`)
}

function endsInWords({ until, untilRate, untilCount }: Ends): string {
  const earlier = [
    ...(untilRate === undefined ? [] : [`more than ${formatCount(untilRate)} fail per minute`]),
    ...(untilCount === undefined ? [] : [`more than ${formatCount(untilCount)} have failed since`]),
  ]
  const time = until === undefined ? `${maxDays} days have passed` : new Date(until).toISOString()
  return earlier.length ? `${earlier.join(' or ')}, at the latest until ${time}` : time
}
