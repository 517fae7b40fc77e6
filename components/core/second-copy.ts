import { version } from '../../schemas/protocol.ts'
import { useOwnRegistry } from './own-registry.ts'
import { registration } from './register.ts'

/** Another version of this package was on the page first. It keeps its elements; ours get those names that are free. */
export function settle(first: string): void {
  const parts = useOwnRegistry() ? 'their own parts' : `parts of ${first} where they have the same name, because this browser has no scoped registries`
  // oxlint-disable-next-line no-console -- Nobody else hears of it.
  console.warn(`Ops Powertools ${version} was loaded on a page that already has ${first}. What ${first} defined stays; elements of ${version} use ${parts}. Load a single version if you can.`)
  const { waiting = [], held } = registration
  if (held) return
  registration.waiting = undefined
  for (const [name, elementClass] of waiting) registration.define(name, elementClass)
}
