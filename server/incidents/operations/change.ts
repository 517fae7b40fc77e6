import type { IncidentRow } from '../../db/entities.ts'
import { Incident } from '../../db/entities.ts'
import type { ActingScope } from '../../operations/scope.ts'

/** The columns that operators change. The detector writes the others, and `pending`, `open` and `resolved`. */
export type Marks = Partial<Pick<IncidentRow, 'acknowledgedAt' | 'acknowledgedBy' | 'assignedAt' | 'assignedTo' | 'silence'>>

/** The row is locked by the transaction of the operation. */
export async function changeIncident({ em }: ActingScope, { id }: IncidentRow, marks: Marks): Promise<void> {
  await em.nativeUpdate(Incident, { id }, marks)
}
