import type { LitElement } from 'lit'
import { type ElementClass, registration } from './register.ts'

/**
 * Gives the inside of our elements a registry of its own: what they render is ours, whoever has our names in the page's registry.
 * Without effect in browsers that have no scoped custom element registries.
 *
 * @returns whether this browser has them.
 */
export function useOwnRegistry(registry = scopedRegistry()): boolean {
  if (!registry) return false
  registration.inner = registry
  const define = registration.define
  registration.define = (name, elementClass) => {
    lookInside(elementClass, registry)
    registry.define(name, elementClass)
    define(name, elementClass)
  }
  return true
}

/** Browsers without scoped registries throw. */
function scopedRegistry(): CustomElementRegistry | undefined {
  try {
    return new CustomElementRegistry()
  } catch {
    return undefined
  }
}

/** What a class renders is made for this registry: its shadow root, and what Lit makes before it is placed there. */
function lookInside(elementClass: ElementClass, registry: CustomElementRegistry): void {
  elementClass.shadowRootOptions = { ...elementClass.shadowRootOptions, customElementRegistry: registry }
  const creationScope = { importNode: (node: Node, deep?: boolean) => document.importNode(node, { selfOnly: !deep, customElementRegistry: registry }) }
  elementClass.addInitializer((instance) => {
    // At construction, Lit's own fields are not there yet.
    instance.addController({ hostConnected: () => void ((instance as LitElement).renderOptions.creationScope ??= creationScope) })
  })
}
