import type { IncidentClassName } from '../../schemas/index.ts'
import type { IncidentClass } from './class.ts'
import { engineUnreachable } from './classes/engine-unreachable.ts'
import { orphanRequest } from './classes/orphan-request.ts'
import { stuckQueue } from './classes/stuck-queue.ts'

/** Every class of incident. Each has a file of its own and a line here. */
export const classes: readonly IncidentClass[] = [engineUnreachable, stuckQueue, orphanRequest]

export function findClass(name: IncidentClassName): IncidentClass | undefined {
  return classes.find((each) => each.name === name)
}
