import type { JobHint } from '../../schemas/index.ts'
import { isExactNumber } from '../engines/exact-json.ts'
import type { Scope } from '../operations/scope.ts'
import { listPage } from './pages.ts'

/** Arguments have no catalogue, so the newest jobs are the sample. */
const maxSampled = 200
const maxDepth = 4
const maxHints = 20
/** Longer values are text to read, not to choose from. */
const maxLength = 80
const maxOften = 2

export interface ArgumentsAsked {
  /** What the path or, with `path`, the value begins with, in any case. */
  prefix: string
  /** Suggest values found at this path, e.g. `order.id`; otherwise paths. */
  path?: string
  queue?: string
  state?: string
}

type Kind = JobHint['kind']

/**
 * Paths and values of arguments among the newest jobs of the list, as this viewer sees them: what the display policy hides is not
 * suggested, and jobs they may not see take no part.
 */
export async function listArgumentHints(scope: Scope, { prefix, path, queue, state }: ArgumentsAsked): Promise<JobHint[]> {
  const { jobs } = await listPage(scope, { queue, state }, { order: 'newest', limit: maxSampled })
  const leaves = jobs.flatMap(({ args }) => [...leavesOf(args)])
  const named = path === undefined ? leaves : leaves.filter((leaf) => leaf.path === path && leaf.text !== undefined)
  const groups = Map.groupBy(named, (leaf) => (path === undefined ? leaf.path : leaf.text!))
  return [...groups]
    .filter(([value]) => value.toLowerCase().startsWith(prefix.toLowerCase()))
    .toSorted(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1))
    .slice(0, maxHints)
    .map(([value, all]) => ({ value, kind: kindOfAll(all), count: all.length, ...(path === undefined ? rangeOf(all) : {}) }))
}

interface Leaf {
  path: string
  kind: Kind
  /** As it is typed in a filter; left out if it is too long or no single value. */
  text?: string
  number?: number
}

function* leavesOf(value: unknown, path = '', depth = 0): Generator<Leaf> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)) {
    if (depth >= maxDepth) return
    // A path is written with dots and ends at a colon, so other keys cannot be part of one.
    for (const [key, inner] of Object.entries(value)) if (/^[^\s.:]+$/.test(key)) yield* leavesOf(inner, path ? `${path}.${key}` : key, depth + 1)
    return
  }
  if (path === '') return
  if (Array.isArray(value)) return yield { path, kind: 'list' }
  const text = textOf(value)
  yield { path, kind: kindOf(value), ...(text.length <= maxLength ? { text } : {}), ...(typeof value === 'number' ? { number: value } : {}) }
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as Kind
  return 'number'
}

/** A text that would be read as another JSON value is quoted. */
function textOf(value: unknown): string {
  return typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function kindOfAll(leaves: Leaf[]): Kind {
  const kinds = new Set(leaves.map(({ kind }) => kind))
  return kinds.size === 1 ? leaves[0]!.kind : 'mixed'
}

/** What tells the values of a path apart: the range of numbers, or the texts that occur most often. */
function rangeOf(leaves: Leaf[]): Pick<JobHint, 'min' | 'max' | 'often'> {
  const numbers = leaves.flatMap(({ number }) => (number === undefined ? [] : [number]))
  if (numbers.length === leaves.length) return { min: Math.min(...numbers), max: Math.max(...numbers) }
  const texts = Map.groupBy(leaves.filter(({ text }) => text !== undefined), ({ text }) => text!)
  const often = [...texts].map(([value, all]) => ({ value, count: all.length })).filter(({ count }) => count > 1).toSorted((a, b) => b.count - a.count)
  return often.length ? { often: often.slice(0, maxOften) } : {}
}
