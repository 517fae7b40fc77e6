import type { OperationRequest } from '../../../schemas/index.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { type Entry, findEntry, resourceOf } from '../rows.ts'

/** The entry an operation is about; one that does not exist is still a resource the host is asked about. */
export async function findSubject({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Entry | null>> {
  const found = await findEntry(scope.kit.db, scope.em, subject.id, scope.locking)
  return { resource: found ? resourceOf(found) : { type: 'cron_entry', id: subject.id }, found }
}

export function requireEntry(found: Entry | null, name: string): Entry {
  if (found) return found
  throw new OpsError('not_found', `No cron entry '${name}'; expected the name of one that exists.`)
}

/** An entry that the code still declares, or that lives at runtime. */
export function requireLive(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (!entry.retiredAt) return entry
  throw new OpsError('illegal_transition', `${name} was retired at ${entry.retiredAt.toISOString()}, when it left the code; it runs no more.`)
}

/** Entries of the code are changed in the code, or the next start would undo it. */
export function requireRuntime(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (entry.source === 'runtime') return entry
  throw new OpsError('code_managed_entry', `${name} is declared in code (source ${entry.source}); change it there.`)
}
