import type { OperationRequest } from '../../../schemas/index.ts'
import { CronEntry } from '../../db/entities.ts'
import { defineOperation } from '../../operations/operation.ts'
import { definitionOf } from '../definition.ts'
import { type Busy, cautionOfJobs, findBusySubject, requireRuntime } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'delete_cron_entry' }>

export const deleteCronEntry = defineOperation<Request, Busy>({
  action: 'delete_cron_entry',
  eventType: 'cron.deleted',
  reason: 'required',
  risk: 'high',
  find: findBusySubject,

  plan({ subject }, { found }) {
    const entry = requireRuntime(found.entry, subject.id)
    return {
      title: `Delete ${entry.name}`,
      effect: 'The entry and the record of its slots are deleted for good. Its audit events are kept.',
      cautions: cautionOfJobs(found, 'they continue, but nothing here tracks them any longer'),
      before: { source: entry.source, ...definitionOf(entry) },
      after: {},
      basis: { version: entry.version },
    }
  },

  async apply(_request, { found }, { em }) {
    await em.nativeDelete(CronEntry, { id: found.entry!.id })
    return { result: { name: found.entry!.name } }
  },
})
