import type { IncidentClassName } from '../../schemas/index.ts'
import type { DescribedClass } from './class.ts'

/** Every class of incident. Each has a file of its own and a line here. */
export const classes: readonly DescribedClass<never>[] = []

export function findClass(name: IncidentClassName): DescribedClass | undefined {
  return classes.find((each) => each.name === name) as DescribedClass | undefined
}
