import { isDeepStrictEqual } from 'node:util'
import type { OperationRequest } from '../../../schemas/index.ts'
import { fieldError, OpsError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { FieldErrors } from '../field-errors.ts'
import { compareDefinitions, type Definition, definitionOf } from '../definition.ts'
import { parseSchedule, upcoming } from '../expression.ts'
import { keepHidden } from '../keep-hidden.ts'
import { type Entry, resourceOf } from '../rows.ts'
import { saveDefinition } from '../save.ts'
import { checkQueue } from './check-queue.ts'
import { findSubject, requireRuntime } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'update_cron_entry' }>

export const updateCronEntry = defineOperation<Request, Entry | null>({
  action: 'update_cron_entry',
  eventType: 'cron.updated',
  reason: 'required',
  risk: 'medium',
  find: findSubject,

  async plan({ subject, input }, { found }, scope) {
    const entry = requireRuntime(found, subject.id)
    const errors = new FieldErrors()
    const merged = errors.collect(() => merge(entry, input, scope))
    const place = { queue: input.queue ?? entry.queue, worker: input.worker ?? entry.worker }
    // Authorize first, so that an actor who may not use the queue does not learn whether it exists.
    await authorizeNewPlace(scope, entry, place)
    const cautions = place.queue === entry.queue ? [] : await checkQueue(scope, place.queue, errors)
    errors.throwIfAny()
    const { definition, argsGiven } = merged!
    const changes = compareDefinitions(definitionOf(entry), definition, argsGiven ? ['args'] : [])
    if (!changes) throw fieldError('input', 'nothing would change; expected at least one field with a different value')
    const rescheduled = 'expression' in changes.after || 'timezone' in changes.after
    return {
      title: `Change ${entry.name}`,
      effect: rescheduled
        ? 'The new schedule applies from now on; slots that were due under the old one are not run.'
        : 'The change applies from the next slot on; existing jobs stay as they are.',
      cautions,
      before: changes.before,
      after: changes.after,
      outlook: rescheduled ? () => ({ nextRuns: upcoming(definition, scope.now, 3).map((at) => at.toISOString()) }) : undefined,
      basis: { version: entry.version },
    }
  },

  async apply({ input }, { found }, scope) {
    const { kit, em, now } = scope
    const { name, source, version } = found!
    await saveDefinition(kit.db, em, found!, { name, source, ...merge(found!, input, scope).definition }, now)
    return { result: { version: version + 1 } }
  },
})

/**
 * Fields that are omitted, or unchanged from what was shown, keep their stored values. `argsGiven`: the args differ from what was
 * shown. A hidden value that is supplied counts as changed even if it equals the stored one; otherwise the answer would confirm a
 * guess.
 */
function merge(entry: Entry, input: Request['input'], { viewer }: ActingScope): { definition: Definition; argsGiven: boolean } {
  let argsGiven = false
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Definition>
  if (given.args) {
    const shown = viewer.show('cron_args', entry.args, 'view_cron', { type: 'cron_entry', id: entry.name })
    argsGiven = !isDeepStrictEqual(given.args, shown)
    given.args = keepHidden(given.args, shown, entry.args) as Definition['args']
  }
  const merged: Definition = { ...definitionOf(entry), ...given }
  return { definition: { ...merged, ...parseSchedule(merged, 'input.') }, argsGiven }
}

/** The right to change this entry does not include creating jobs in a queue that the actor may not use. */
async function authorizeNewPlace({ viewer }: ActingScope, entry: Entry, { queue, worker }: Pick<Definition, 'queue' | 'worker'>): Promise<void> {
  if (queue === entry.queue && worker === entry.worker) return
  const { allowed, reason } = await viewer.can('update_cron_entry', resourceOf({ name: entry.name, queue, worker }))
  if (!allowed) throw new OpsError('forbidden', reason ?? `You may not move ${entry.name} to queue ${queue}.`)
}
