/** The classes without side effects: nothing is defined until the host calls `define`. */
import { holdKey } from './core/hold.ts'
import * as exported from './index.ts'
import { useOwnRegistry } from './core/own-registry.ts'
import { type ElementClass, registration } from './core/register.ts'

export * from './index.ts'

export interface DefineOptions {
  /** What the names of the elements begin with: with `acme`, there is an `acme-cron`. Default `ops`. */
  prefix?: string
  /** Where they are defined. Default: the page's registry, `customElements`. */
  registry?: CustomElementRegistry
}

// Only what has loaded until here is meant.
delete (globalThis as { [holdKey]?: boolean })[holdKey]

const known: [name: string, elementClass: ElementClass][] = []
const isPublic = new Set<unknown>(Object.values(exported))

/**
 * Defines all elements. With a prefix or a registry of your own, our inner parts, whose names begin with `ops-` in any case, are kept
 * out of the page's registry if the browser has scoped custom element registries. Calling it again with another prefix or registry
 * defines the elements there as well.
 *
 * @throws {DOMException} `NotSupportedError`, if a prefixed name is already defined.
 */
export function define({ prefix = 'ops', registry = customElements }: DefineOptions = {}): void {
  const isPlain = prefix === 'ops' && registry === customElements
  if (known.length === 0 && !isPlain) keepInside(registry)
  release()
  if (isPlain) return
  for (const [name, elementClass] of known) {
    const own = name.replace(/^ops/, prefix)
    // A class can be defined only once in a registry, hence one of its own.
    if (isPublic.has(elementClass) && !(prefix === 'ops' && registry.get(own))) registry.define(own, class extends elementClass {})
  }
}

/** Our own names are then defined in a registry that only the inside of our elements uses. */
function keepInside(registry: CustomElementRegistry): void {
  const { define: defineForAll } = registration
  registration.define = () => {}
  if (!useOwnRegistry(registry === customElements ? undefined : registry)) registration.define = defineForAll
}

/** Defines what has waited; what loads later is then defined as it loads. */
function release(): void {
  const { waiting = [] } = registration
  registration.waiting = undefined
  registration.held = false
  known.push(...waiting)
  for (const [name, elementClass] of waiting) registration.define(name, elementClass)
}
