type Parse = (text: string) => unknown

/**
 * How PostgreSQL's values are parsed. We keep our own list because `pg.types` is global to the process: a host that changes how
 * dates or JSON are parsed must not change what our statements return. Types not listed here, such as timestamps and `bigint`,
 * stay text as PostgreSQL writes them.
 */
export class OwnTypeParsers {
  getTypeParser(oid: number): Parse {
    return parsers.get(oid) ?? asText
  }
}

const asText: Parse = (text) => text
const asBoolean: Parse = (text) => text === 't'
const asJson: Parse = (text) => JSON.parse(text) as unknown
const asBytes: Parse = (text) => Buffer.from(text.slice('\\x'.length), 'hex')
const arrayOf = (parse: Parse): Parse => (text) => parseArray(text, parse)

/** Keyed by the OIDs of PostgreSQL's built-in types, which never change. */
const parsers = new Map<number, Parse>([
  [16, asBoolean],
  [17, asBytes],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
  [114, asJson],
  [3802, asJson],
  [1000, arrayOf(asBoolean)],
  [1005, arrayOf(Number)],
  [1007, arrayOf(Number)],
  [1021, arrayOf(Number)],
  [1022, arrayOf(Number)],
  [199, arrayOf(asJson)],
  [3807, arrayOf(asJson)],
  // text[], varchar[], bpchar[], char[], name[], bigint[], uuid[], numeric[], and the arrays of dates and times
  ...[1009, 1015, 1014, 1002, 1003, 1016, 2951, 1231, 1182, 1115, 1185, 1187].map((oid): [number, Parse] => [oid, arrayOf(asText)]),
])

/** Parses PostgreSQL's array text, e.g. `{one,"with, comma",NULL}`, with backslash escapes and nested arrays. */
export function parseArray(text: string, parse: Parse): unknown[] {
  // An array whose indexes do not start at 1 is preceded by its bounds: `[0:1]={a,b}`.
  let at = text.indexOf('{') + 1

  const readQuoted = (): string => {
    let value = ''
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === '\\') at++
      value += text[at]
    }
    at++
    return value
  }
  const readElement = (): unknown => {
    if (text[at] === '{') {
      at++
      return readArray()
    }
    if (text[at] === '"') return parse(readQuoted())
    const begin = at
    while (text[at] !== ',' && text[at] !== '}') at++
    const bare = text.slice(begin, at)
    return bare === 'NULL' ? null : parse(bare)
  }
  const readArray = (): unknown[] => {
    const elements: unknown[] = []
    while (at < text.length && text[at] !== '}') {
      elements.push(readElement())
      if (text[at] === ',') at++
    }
    at++
    return elements
  }
  return readArray()
}
