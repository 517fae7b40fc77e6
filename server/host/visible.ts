import type { ViewAction } from '../../schemas/index.ts'
import type { Resource } from './auth.ts'
import type { Viewer } from './viewer.ts'

/** A host may look its rules up somewhere: so many questions of one list are open at a time. */
const maxConcurrent = 32

/** Those of `items` that the viewer may see, in their order. The host is asked about the resource of each one. */
export async function visible<Item>(
  viewer: Viewer,
  items: readonly Item[],
  view: ViewAction,
  resourceOf: (item: Item) => Resource,
): Promise<Item[]> {
  return keepAllowed(items, async (item) => (await viewer.can(view, resourceOf(item))).allowed)
}

/** The same where the question depends on the item. */
export async function keepAllowed<Item>(items: readonly Item[], allowed: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const answers: boolean[] = []
  let next = 0
  const ask = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      answers[index] = await allowed(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, ask))
  return items.filter((_item, index) => answers[index])
}
