import { cronDefinition, type CronDefinition, cronName } from '../../schemas/index.ts'
import { isExactNumber } from '../engines/exact-json.ts'
import type { DeclaredCronEntry } from '../options.ts'
import { parseSchedule } from './expression.ts'
import type { Entry } from './rows.ts'

/** The configurable part of an entry; `worker` is null if the engine needs only the queue. */
export type Definition = Pick<Entry, 'queue' | 'worker' | 'args' | 'expression' | 'timezone' | 'overlap' | 'catchUp' | 'maxCatchUp'>

const keys = ['queue', 'worker', 'args', 'expression', 'timezone', 'overlap', 'catchUp', 'maxCatchUp'] as const

export function definitionOf(entry: Definition): Definition {
  const { queue, worker, args, expression, timezone, overlap, catchUp, maxCatchUp } = entry
  return { queue, worker, args, expression, timezone, overlap, catchUp, maxCatchUp }
}

/** A parsed definition with its schedule validated; `path` is its prefix in the request. */
export function parseDefinition({ worker, ...given }: CronDefinition, path: string): Definition {
  return { ...given, worker: worker ?? null, ...parseSchedule(given, path) }
}

export interface Declared {
  name: string
  source: 'code' | 'fixture'
  definition: Definition
}

/** Parses declared entries; throws a startup error that names the entry and the field. */
export function parseDeclarations(declared: DeclaredCronEntry[]): Declared[] {
  const seen = new Set<string>()
  return declared.map((given, index) => {
    const { name, source = 'code', ...rest } = given
    const where = `createOps: cron[${index}]${typeof name === 'string' ? ` '${name}'` : ''}`
    if (!cronName.safeParse(name).success) {
      throw new Error(`${where}: 'name' is not a valid name; expected a letter or digit, then letters, digits and . _ : / -, at most 100.`)
    }
    if (seen.has(name)) throw new Error(`${where}: 'name' is declared twice; expected each name once.`)
    if (source !== 'code' && source !== 'fixture') throw new Error(`${where}: 'source' is '${String(source)}'; expected code or fixture.`)
    seen.add(name)
    return { name, source, definition: parseDeclared(rest, where) }
  })
}

function parseDeclared(given: unknown, where: string): Definition {
  const parsed = cronDefinition.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`${where}: '${issue?.path.join('.') ?? ''}' is invalid: ${issue?.message ?? 'invalid'}.`)
  }
  try {
    return parseDefinition(parsed.data, '')
  } catch (cause) {
    throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** The fields that differ, as before and after, plus those `given` again regardless of their value; null if there are none. */
export function compareDefinitions(before: Definition, after: Definition, given: (keyof Definition)[] = []): { before: Partial<Definition>; after: Partial<Definition> } | null {
  const changed = keys.filter((key) => given.includes(key) || stable(before[key]) !== stable(after[key]))
  if (!changed.length) return null
  const pick = (from: Definition) => Object.fromEntries(changed.map((key) => [key, from[key]])) as Partial<Definition>
  return { before: pick(before), after: pick(after) }
}

/** Sorts keys, because jsonb does not preserve their order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner) && !isExactNumber(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
