import type { OperationRequest } from '../../../schemas/index.ts'
import { OpsError } from '../../error.ts'
import { FieldErrors } from '../field-errors.ts'
import { defineOperation } from '../../operations/operation.ts'
import { parseDefinition } from '../definition.ts'
import { upcoming } from '../expression.ts'
import { type Entry, findEntry } from '../rows.ts'
import { insertEntry } from '../save.ts'
import { checkQueue } from './check-queue.ts'

type Request = Extract<OperationRequest, { action: 'create_cron_entry' }>

export const createCronEntry = defineOperation<Request, Entry | null>({
  action: 'create_cron_entry',
  eventType: 'cron.created',
  reason: 'required',
  risk: 'medium',

  /** The host authorizes the entry as it would be created. */
  async find({ subject, input: { queue, worker } }, { kit, em, locking }) {
    return { resource: { type: 'cron_entry', id: subject.id, queue, worker }, found: await findEntry(kit.db, em, subject.id, locking) }
  },

  async plan({ subject, input }, { found }, scope) {
    // Names are unique, so it cannot be hidden that one is taken; everything else about a hidden entry stays hidden.
    if (found) throw new OpsError('illegal_transition', `The name ${subject.id} is already taken; expected an unused name.`)
    const errors = new FieldErrors()
    const checked = errors.collect(() => parseDefinition(input, 'input.'))
    const cautions = await checkQueue(scope, input.queue, errors)
    errors.throwIfAny()
    const definition = checked!
    return {
      title: `Create ${subject.id}`,
      effect: `A new entry fires on '${definition.expression}' in ${definition.timezone} and creates its jobs in queue ${definition.queue}.`,
      cautions,
      before: {},
      after: { source: 'runtime', ...definition },
      outlook: () => ({ nextRuns: upcoming(definition, scope.now, 3).map((at) => at.toISOString()) }),
      basis: { exists: false },
    }
  },

  async apply({ subject, input }, _target, { kit, em, now }) {
    const definition = parseDefinition(input, 'input.')
    const entry = await insertEntry(kit.db, em, { name: subject.id, source: 'runtime', ...definition }, now)
    if (!entry) throw new OpsError('mutation_conflict', `${subject.id} was created by another change at the same moment.`)
    return { result: { name: entry.name, version: entry.version, nextRun: entry.nextSlotAt?.toISOString() ?? null } }
  },
})
