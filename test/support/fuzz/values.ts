import type { Random } from './random.ts'

/** A JSON schema as the OpenAPI document holds it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  format?: string
  pattern?: string
  default?: unknown
  minimum?: number
  maximum?: number
}

/** What earlier answers named, by kind: ids, names, cursors. */
export class Known {
  readonly #kinds = new Map<string, string[]>()

  add(kind: string, value: string): void {
    const kept = this.#kinds.get(kind) ?? []
    kept.push(value)
    if (kept.length > 200) kept.shift()
    this.#kinds.set(kind, kept)
  }

  of(kind: string): readonly string[] {
    return this.#kinds.get(kind) ?? []
  }
}

/** Text that has broken something somewhere before. */
const nastyTexts = [
  '', ' ', '\0', 'a\0b', '\ud800', 'x\udfff', '\ufeff', '\u202eabc', '\u0000\u0001\u001b[2J', '%', '%_\\', "'", "'; drop table ops.audit_event; --", '"', '\\', '`', '${x}', '{{x}}', '../../etc/passwd',
  '__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', '-1', '0', '1e999', '0x10', '99999999999999999999', '=1+1', '<script>alert(1)</script>', '\r\nset-cookie: a=b', 'é', '\u00e9\u0301', '👩‍👩‍👧‍👦', 'ﷺ'.repeat(40),
  'x'.repeat(101), 'x'.repeat(401), 'x'.repeat(5_000), 'a,b', 'a|b', 'a:b', 'a/b', '*', '.', '..', '[object Object]', '{}', '[]', '{"a":1}',
]

const instants = [
  '2026-11-21T06:00:00Z', '2026-11-21T06:00:00.123456Z', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-10:00', '+010000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z',
  '2026-02-29T00:00:00Z', '2024-02-29T23:59:60Z', '2026-11-21T24:00:00Z', '2026-11-21T06:00:00+15:59', '2026-11-21T06:00:00+16:00', '2026-11-21T06:00:00-23:59', '2026-11-21T06:00:00', '2026-11-21', '1969-12-31T23:59:59Z', '4714-01-01T00:00:00Z', '294277-01-01T00:00:00Z',
  `2026-11-21T06:00:00.${'1'.repeat(300)}Z`, '2026-11-21t06:00:00z', 'now', 'infinity', '-infinity', 'epoch', 'tomorrow',
]

const argsTexts = [
  '{}', '{"n":1}', '{"a":{"b":[1,2,{"c":null}]}}', '{"a":12345678901234567890}', '{"a":1E+999999999}', '{"a":1e-999999999}', '{"a":1e400}', '{"a":-0}', '{"__proto__":1}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', '[]', 'null', '1', '{', '{"a":1}}',
  `{"a":${'['.repeat(90)}${']'.repeat(90)}}`, `{"a":${'['.repeat(1_900)}${']'.repeat(1_900)}}`, `{"a":"${'x'.repeat(3_900)}"}`, `{"password":"x"}`,
]

const numbers = [0, -0, 1, -1, 2, 1.5, 50, 200, 201, 1000, 100_000, 100_001, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324]

export function nasty(random: Random): unknown {
  switch (random.below(6)) {
    case 0: return random.pick(nastyTexts)
    case 1: return random.pick(numbers)
    case 2: return random.pick([null, true, false, [], {}, [[]], { __proto__: null, a: 1 }])
    case 3: return deep(random.pick([5, 90, 101, 3_000]))
    case 4: return random.pick(instants)
    default: return random.pick(argsTexts)
  }
}

function deep(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
}

/** By the name of a field: what an answer has shown of that kind. */
const kindOf: Record<string, string> = { actor: 'actor', queue: 'queue', name: 'name', entry: 'name', cronEntry: 'name', id: 'id', subjectId: 'id', ids: 'id', bulk: 'bulk', token: 'token', cursor: 'cursor', worker: 'worker', tag: 'tag', prefix: 'queue' }

const words: Record<string, readonly string[]> = {
  args: argsTexts,
  expression: ['0 2 * * *', '*/5 * * * *', '0 0 31 2 *', '61 * * * *', '0 0 3 * * *', '* * * * sat', '@daily', '*/0 * * * *', '0-59/61 * * * *', '59 23 31 12 *'],
  timezone: ['Etc/UTC', 'Europe/Berlin', 'America/Nuuk', 'Mars/Olympus', 'utc', '+02:00'],
  state: ['available', 'retryable,discarded', 'completed', 'executing,executing', 'nonsense'],
  format: ['csv', 'ndjson', 'pdf'],
  reason: ['the mail server is back', 'short', '        ', 'canary reason of the fuzz'],
  subjectType: ['cron_entry', 'job', 'queue', 'bulk', 'audit_event', 'incident', 'constructor'],
  eventType: ['cron.paused', 'audit.exported', 'job.retried'],
  q: ['mail server', 'canary', '%', "'"],
}

/** Makes values that a schema describes, and now and then ones that it does not. */
export class Values {
  readonly #random: Random
  readonly #known: Known
  readonly #schemas: Record<string, Schema>

  constructor(random: Random, known: Known, schemas: Record<string, Schema>) {
    this.#random = random
    this.#known = known
    this.#schemas = schemas
  }

  /** `wrong`: how likely each part is not what the schema says. */
  make(schema: Schema, name: string, wrong: number, depth = 0): unknown {
    const random = this.#random
    if (random.chance(wrong)) return nasty(random)
    const named = this.#named(name)
    if (named !== undefined && schema.enum === undefined && schema.const === undefined && schema.type !== 'object' && schema.type !== 'array' && !schema.anyOf && random.chance(0.7)) return named
    if (schema.$ref) return depth > 6 ? 1 : this.make(this.#schemas[schema.$ref.split('/').at(-1)!] ?? {}, name, wrong, depth + 1)
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return random.pick(schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return this.make(random.pick(choices), name, wrong, depth + 1)
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => this.make(part, name, wrong, depth + 1))) as unknown
    return this.#ofType(schema, name, wrong, depth)
  }

  #ofType(schema: Schema, name: string, wrong: number, depth: number): unknown {
    const random = this.#random
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type
    if (type === 'object') return this.#object(schema, wrong, depth)
    if (type === 'array') return Array.from({ length: random.below(4) }, () => this.make(schema.items ?? {}, name, wrong, depth + 1))
    if (type === 'integer' || type === 'number') return random.chance(0.7) ? random.below(schema.maximum ?? 200) + (schema.minimum ?? 0) : random.pick(numbers)
    if (type === 'boolean') return random.chance(0.5)
    if (schema.format === 'date-time') return random.chance(0.4) ? new Date(Date.now() + (random.next() - 0.5) * 1e9).toISOString() : random.pick(instants)
    if (schema.format === 'uuid') return random.pick([...this.#known.of('uuid'), crypto.randomUUID()])
    return random.chance(0.5) ? `fuzz-${random.below(20)}` : random.pick(nastyTexts)
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, wrong: number, depth: number): Record<string, unknown> {
    const random = this.#random
    const made: Record<string, unknown> = {}
    for (const [key, schema] of Object.entries(properties)) {
      if (random.chance(required.includes(key) ? 1 - wrong : 0.35)) made[key] = this.make(schema, key, wrong, depth + 1)
    }
    if (typeof additionalProperties === 'object' && random.chance(0.5)) made[random.pick(nastyTexts)] = this.make(additionalProperties, 'id', wrong, depth + 1)
    if (random.chance(wrong)) made[random.pick(['nonsense', '__proto__', ''])] = nasty(random)
    return made
  }

  #named(name: string): unknown {
    const random = this.#random
    const kept = this.#known.of(kindOf[name] ?? name)
    if (name === 'cursor' && kept.length && random.chance(0.4)) return forge(random, random.pick(kept))
    if (kept.length) return random.pick(kept)
    return words[name] && random.pick(words[name])
  }
}

/** A cursor that somebody has tried to change. */
function forge(random: Random, cursor: string): string {
  const at = random.below(cursor.length)
  switch (random.below(5)) {
    case 0: return cursor.slice(0, at)
    case 1: return cursor.slice(0, at) + random.pick(['A', '-', '_', '=', '\0']) + cursor.slice(at + 1)
    case 2: return cursor + cursor
    case 3: return Buffer.from(JSON.stringify(['2026-02-30 00:00:00+00', crypto.randomUUID()])).toString('base64url')
    default: return Buffer.from(`9999-99-99 99:99:99+00|${at}`).toString('base64url')
  }
}
