/**
 * Loaded before everything else where only the classes are wanted: from here on they wait until the host has them defined. A global
 * symbol, because a bundle may evaluate all of the core, and so the first classes, at once.
 */
export const holdKey = Symbol.for('ops-powertools.hold')

const flags = globalThis as { [holdKey]?: boolean }
flags[holdKey] = true
