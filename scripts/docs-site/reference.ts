import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { code, inline, table } from './elements.ts'
import { escapeHtml } from './escape-html.ts'
import { codeBlock, type Heading } from './markdown.ts'
import type { Page } from './pages.ts'

interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: Schema | boolean
}
type Content = Record<string, { schema: Schema; example?: unknown }>
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Content }
  responses: Record<string, { $ref?: string; description?: string; content?: Content }>
}
interface Document {
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export interface ReferencePage extends Page {
  html: string
  headings: Heading[]
}

/** Every endpoint and every schema of the OpenAPI document, as two pages. */
export function referencePages(root: string): ReferencePage[] {
  const document = JSON.parse(readFileSync(join(root, 'dist/openapi.json'), 'utf8')) as Document
  return [endpointsPage(document), schemasPage(document)]
}

const slug = (text: string) => text.toLowerCase().replaceAll(' ', '-')
const heading = (level: number, text: string, id: string) => `<h${level} id="${id}">${text} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${level}>`

function endpointsPage({ tags, paths }: Document): ReferencePage {
  const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })))
  const headings: Heading[] = []
  const chapters = tags.map(({ name, description }) => {
    headings.push({ level: 2, text: name, id: slug(name) })
    const endpoints = all.filter(({ operation }) => operation.tags.includes(name))
    for (const { operation, method, path } of endpoints) headings.push({ level: 3, text: `${method} ${path}`, id: operation.operationId })
    return `${heading(2, name, slug(name))}\n${inline(description)}\n${endpoints.map((each) => endpointOf(each)).join('\n')}`
  })
  const html = `<h1 id="endpoints">Endpoints</h1>
<p>Made from the OpenAPI document, which every host serves at <code>/ops/jobs/api/v1/openapi.json</code> and the package has as <code>ops-powertools/openapi.json</code>. How to preview, execute and repeat safely is in <a href="api.html">API</a>.</p>
${chapters.join('\n')}`
  return { path: 'endpoints.html', title: 'Endpoints', html, headings }
}

function endpointOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const taken = parameters.map(({ name, in: place, required, schema, description = '' }) => [`${code(name)}${required ? ' <span class="quiet">required</span>' : ''}`, place, typeOf(schema, 'schemas.html'), words(description)])
  const refusals = Object.entries(responses).filter(([, { $ref }]) => $ref && !$ref.endsWith('/Problem'))
  const successes = Object.entries(responses).filter(([, { $ref }]) => !$ref)
  return [
    heading(3, `<span class="method">${method}</span> <code>${escapeHtml(path)}</code>`, operationId),
    `<p>${words(`${summary}.`)} Client: ${code(operationId)}.</p>`,
    description ? `<p>${words(description)}</p>` : '',
    taken.length ? table(['parameter', 'in', 'type', 'meaning'], taken) : '',
    requestBody ? bodyOf('Body', requestBody.content) : '',
    ...successes.map(([status, { content = {} }]) => bodyOf(status, content)),
    refusals.length ? `<p class="quiet">Refuses with ${refusals.map(([status]) => status).join(', ')}.</p>` : '',
  ].join('\n')
}

function bodyOf(label: string, content: Content): string {
  return Object.entries(content)
    .map(([type, { schema, example }]) => {
      const summary = `<p>${escapeHtml(label)} <code>${type}</code> ${schema.$ref ? typeOf(schema, 'schemas.html') : ''}</p>`
      if (example === undefined) return summary
      const shown = typeof example === 'string' ? codeBlock(example, '') : codeBlock(JSON.stringify(example, null, 2), 'json')
      return `${summary}<details><summary>Example</summary>${shown}</details>`
    })
    .join('\n')
}

function schemasPage({ components }: Document): ReferencePage {
  const names = Object.keys(components.schemas)
  const html = `<h1 id="schemas">Schemas</h1>
<p>What the requests and responses of the <a href="endpoints.html">endpoints</a> are made of. A response may have further properties in a later minor version.</p>
${names.map((name) => schemaOf(name, components.schemas[name]!)).join('\n')}`
  return { path: 'schemas.html', title: 'Schemas', html, headings: names.map((name) => ({ level: 3, text: name, id: name })) }
}

function schemaOf(name: string, schema: Schema): string {
  const { description, properties, required = [] } = schema
  const about = description ? `<p>${words(description)}</p>` : ''
  if (!properties) return `${heading(2, name, name)}\n${about}<p>${typeOf(schema, '')}</p>`
  const rows = [...fieldsOf(properties, required, '')]
  return `${heading(2, name, name)}\n${about}${table(['property', 'type', 'meaning'], rows)}`
}

/** With the properties of objects that have no name of their own, as `pause.by`. */
function* fieldsOf(properties: Record<string, Schema>, required: readonly string[], prefix: string): Iterable<string[]> {
  for (const [name, schema] of Object.entries(properties)) {
    yield [`${code(prefix + name)}${required.includes(name) ? '' : ' <span class="quiet">optional</span>'}`, typeOf(schema, ''), words(schema.description ?? '')]
    const inner = innerOf(schema)
    if (inner?.properties) yield* fieldsOf(inner.properties, inner.required ?? [], `${prefix}${name}${schema.type === 'array' ? '[]' : ''}.`)
  }
}

function innerOf(schema: Schema): Schema | undefined {
  if (schema.properties) return schema
  if (schema.items) return innerOf(schema.items)
  return schema.anyOf?.find(({ properties }) => properties)
}

function typeOf(schema: Schema, page: string): string {
  const { $ref, type, enum: words, const: value, items, anyOf, oneOf, allOf, additionalProperties } = schema
  if ($ref) return `<a href="${page}#${$ref.split('/').at(-1)}">${$ref.split('/').at(-1)}</a>`
  if (value !== undefined) return code(JSON.stringify(value))
  if (words) return words.map((word) => code(String(word))).join(' ')
  const members = anyOf ?? oneOf ?? allOf
  if (members) return members.map((member) => typeOf(member, page)).join(allOf ? ' and ' : ' or ')
  if (items) return `list of ${typeOf(items, page)}`
  if (typeof additionalProperties === 'object' && !schema.properties) return `by name: ${Object.keys(additionalProperties).length ? typeOf(additionalProperties, page) : 'any'}`
  return Array.isArray(type) ? type.join(' or ') : (type ?? 'any')
}

const words = (text: string) => inline(text).replace(/^<p>|<\/p>\s*$/g, '')
