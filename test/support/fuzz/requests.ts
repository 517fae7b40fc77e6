import { guidedBody, guidedPreview } from './guided.ts'
import type { Random } from './random.ts'
import { type Known, nasty, type Schema, Values } from './values.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Schema
}

interface Described {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}

export interface Document {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

export interface Ask {
  name: string
  method: string
  /** Below the API's prefix. */
  path: string
  headers: Record<string, string>
  body?: string
}

/** `nobody` sends no credentials. */
export const roles = ['nobody', 'viewer-demo', 'ops-demo', 'ops-two', 'support-demo', 'nameless'] as const

/** Requests as the document describes them, some of them wrong in one place or another. */
export class Requests {
  readonly #random: Random
  readonly #known: Known
  readonly #values: Values
  readonly #all: { path: string; method: string; described: Described; weight: number }[]

  constructor(random: Random, known: Known, document: Document) {
    this.#random = random
    this.#known = known
    this.#values = new Values(random, known, document.components.schemas)
    this.#all = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), described, weight: weightOf(described.operationId) })),
    )
  }

  next(): Ask {
    const random = this.#random
    const { path, method, described } = this.#choose()
    const wrong = random.pick([0, 0, 0, 0.02, 0.1, 0.4])
    const parameters = described.parameters ?? []
    const made = (place: Parameter['in'], likely: number) =>
      parameters.filter((parameter) => parameter.in === place && random.chance(parameter.required ? 1 - wrong : likely)).map(({ name, schema }) => [name, this.#text(schema, name, wrong)] as const)
    const preview = described.operationId === 'executePreview' && random.chance(0.7) ? guidedPreview(random, this.#known) : undefined
    const filled: Record<string, string> = { ...Object.fromEntries(made('path', 1)), ...(preview && { id: preview.id }) }
    const body = described.requestBody && this.#body(described, wrong, preview?.token)
    const asked = random.chance(0.03) ? random.pick(['HEAD', 'PATCH', 'DELETE', 'OPTIONS']) : method
    const query = [...made('query', 0.3), ...(random.chance(wrong / 4) ? [['nonsense', '1'] as const] : [])]
    const search = query.map(([name, value]) => `${name}=${encode(value)}`).join('&')
    return {
      name: described.operationId,
      method: asked,
      path: path.replace(/\{(\w+)\}/g, (_, name: string) => encode(filled[name] ?? 'x') || 'x') + (search && `?${search}`),
      headers: { ...this.#credentials(), ...this.#headers(made('header', 0.5)), ...(described.requestBody && { 'content-type': random.chance(0.98) ? 'application/json' : 'text/plain' }) },
      body: asked === 'HEAD' ? undefined : body,
    }
  }

  #choose() {
    let left = this.#random.next() * this.#all.reduce((sum, { weight }) => sum + weight, 0)
    return this.#all.find(({ weight }) => (left -= weight) < 0) ?? this.#all[0]!
  }

  #text(schema: Schema, name: string, wrong: number): string {
    const value = this.#values.make(schema, name, wrong)
    return typeof value === 'string' ? value : JSON.stringify(value).slice(0, 6_000)
  }

  #body({ operationId, requestBody }: Described, wrong: number, token?: string): string {
    const random = this.#random
    const guided = random.chance(0.6) ? guidedBody(operationId, random, this.#known) : undefined
    if (guided) return JSON.stringify(token ? { ...guided, token } : guided)
    const { schema } = requestBody!.content['application/json']
    if (random.chance(wrong / 4)) return random.pick(['', 'null', '{', '[]', '"x"', '{"a":CANARY}', `{"pad":"${'x'.repeat(1_100_000)}"}`, '['.repeat(200_000)])
    return JSON.stringify(random.chance(wrong / 4) ? nasty(random) : this.#values.make(schema, 'body', wrong)) ?? ''
  }

  #credentials(): Record<string, string> {
    // Most see everything: what is refused at the door finds no fault behind it.
    const who = this.#random.pick([...roles, 'ops-demo', 'ops-demo', 'ops-demo', 'ops-two'])
    if (who === 'nobody') return {}
    if (this.#random.chance(0.85)) return { authorization: `Bearer ${who}` }
    const from: Record<string, string>[] = [{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]
    return { cookie: `who=${who}`, ...this.#random.pick(from) }
  }

  /** What a client of HTTP could send as a header at all. */
  #headers(made: readonly (readonly [string, string])[]): Record<string, string> {
    const random = this.#random
    const plain = made.map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '?').trim().slice(0, 2_000)])
    const extra: Record<string, string> = random.chance(0.1) ? { 'x-request-id': random.pick(['mine', 'a b', 'x'.repeat(200)]) } : {}
    return { ...(Object.fromEntries(plain) as Record<string, string>), ...extra }
  }
}

/** Files grow with what the run itself writes, and everything else is to be asked more often. */
function weightOf(name: string): number {
  if (name.startsWith('export')) return 0.3
  return ['createPreview', 'executePreview', 'runOperation', 'listJobs'].includes(name) ? 3 : 1
}

/** Half a character cannot be sent as UTF-8, but its bytes can. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : [...text].map((character) => (character.isWellFormed() ? encodeURIComponent(character) : '%ED%A0%80')).join('')
}
