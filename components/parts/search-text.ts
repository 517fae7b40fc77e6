/** One condition of a search. Written `key:value`, `key.path:value`, or with a minus in front; the key of plain words is empty. */
export interface SearchFilter {
  key: string
  /** What follows the dot of a key that takes a path, e.g. `order.id`. */
  path?: string
  value: string
  /** Leaves out what matches. */
  without?: boolean
  /** Shown on the chip instead of the value. */
  label?: string | undefined
}

/** What can be searched for. The page says what there is; the search bar knows nothing of its meaning. */
export interface SearchKey {
  /** As it is typed, e.g. `queue`; empty for plain words. */
  name: string
  /** What it means, shown in the list of completions, e.g. `Jobs of this queue`. */
  label: string
  /** `word` ends at a blank unless it is quoted; `words` go on to the next key, and apply while they are typed. */
  kind: 'word' | 'words'
  /** Takes a path, as in `args.order:1077`. */
  path?: boolean
  /** May be left out with a minus. */
  excludes?: boolean
  /** May be given more than once; otherwise a second one replaces the first. */
  several?: boolean
  /** Why the value is impossible; empty if it is fine. */
  complain?: (filter: SearchFilter) => string
  /** Values that begin with what is typed, or contain it. */
  values?: (typed: SearchFilter, signal: AbortSignal) => Promise<SearchOffer[]>
  /** Paths that begin with what is typed. */
  paths?: (typed: string, signal: AbortSignal) => Promise<SearchOffer[]>
}

export interface SearchOffer {
  value: string
  /** Shown instead of the value, which is still what is put in. */
  label?: string
  /** Shown at the end of the line, e.g. `number · 1032 – 1171`. */
  note?: string
}

export interface TypedSearch {
  filters: SearchFilter[]
  /** What the text ends with: where the caret is, and what is completed. `open`: the value has not been begun. */
  last?: SearchFilter & { open: boolean }
}

/** Reads what was typed: plain words, and conditions of the keys that there are. Anything else is plain words. */
export function parseSearch(text: string, keys: readonly SearchKey[]): TypedSearch {
  const marks = [...text.matchAll(keyPattern(keys))]
  const filters: SearchFilter[] = []
  const words = [text.slice(0, marks[0]?.index ?? text.length)]
  let last: TypedSearch['last']
  for (const [index, mark] of marks.entries()) {
    const [whole, minus, name = '', path] = mark
    const key = keys.find((each) => each.name === name)!
    const [value, rest] = valueOf(key, text.slice(mark.index + whole.length, marks[index + 1]?.index ?? text.length))
    const filter = { key: name, ...(path ? { path } : {}), value, ...(minus && key.excludes ? { without: true } : {}) }
    last = { ...filter, open: value === '' }
    if (value) filters.push(filter)
    if (rest) words.push(rest)
    if (rest || (index === marks.length - 1 && /\s$/.test(text) && value && key.kind === 'word')) last = undefined
  }
  const plain = words.map((each) => each.trim()).filter(Boolean).join(' ')
  if (plain) filters.push({ key: '', value: plain })
  return { filters, last }
}

/** As it is typed. */
export function writeSearch({ key, path, value, without }: SearchFilter): string {
  const quoted = key && /\s|^"/.test(value) ? `"${value}"` : value
  return key ? `${without ? '-' : ''}${key}${path ? `.${path}` : ''}:${quoted}` : value
}

export function sameFilter(one: SearchFilter, other: SearchFilter): boolean {
  return one.key === other.key && one.value === other.value && (one.path ?? '') === (other.path ?? '') && Boolean(one.without) === Boolean(other.without)
}

/** Adds filters; one of a key that is given only once replaces the earlier one. */
export function withFilters(before: readonly SearchFilter[], added: readonly SearchFilter[], keys: readonly SearchKey[]): SearchFilter[] {
  return added.reduce<SearchFilter[]>((filters, filter) => {
    const several = keys.find(({ name }) => name === filter.key)?.several
    const replaced = (other: SearchFilter) => sameFilter(other, filter) || (other.key === filter.key && (!several || (filter.path !== undefined && other.path === filter.path)))
    return [...filters.filter((other) => !replaced(other)), filter]
  }, [...before])
}

/** A key at the start or after a blank, with a minus of any kind in front. */
function keyPattern(keys: readonly SearchKey[]): RegExp {
  const names = keys.filter(({ name }) => name).map(({ name, path }) => `${name.replace(/[^\w]/g, String.raw`\$&`)}${path ? '(?=[.:])' : '(?=:)'}`)
  if (names.length === 0) return /(?!)/g
  return new RegExp(`(?<=^|\\s)([-−–]?)(${names.join('|')})(?:\\.([^\\s:]+))?:`, 'g')
}

/** The value, and what follows it. */
function valueOf({ kind }: SearchKey, text: string): [value: string, rest: string] {
  const quoted = /^"([^"]*)"?/.exec(text)
  if (quoted) return [quoted[1]!, text.slice(quoted[0].length).trim()]
  if (kind === 'words') return [text.trim(), '']
  const [value = ''] = /^\S*/.exec(text)!
  return [value, text.slice(value.length).trim()]
}
