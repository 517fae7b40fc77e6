import type { ViewAction } from '../../schemas/index.ts'
import type { Resource } from './auth.ts'
import type { Viewer } from './viewer.ts'

/** Limits concurrent calls of `authorize` for one list, because a host may look up its rules elsewhere. */
const maxConcurrent = 32

/** The `items` that the viewer may see, in their order. The host is asked about each item's resource. */
export async function visible<Item>(
  viewer: Viewer,
  items: readonly Item[],
  view: ViewAction,
  resourceOf: (item: Item) => Resource,
): Promise<Item[]> {
  return keepAllowed(items, async (item) => (await viewer.can(view, resourceOf(item))).allowed)
}

/** The same, with a custom check per item. */
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
