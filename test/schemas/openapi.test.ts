import { describe, expect, test } from 'vitest'
import { type Endpoint, endpoints, problemCodes, routes } from '../../schemas/index.ts'
import { describeApi } from '../../server/http/openapi.ts'
import { examples } from '../../server/http/openapi/examples.ts'

interface Schema {
  description?: string
  type?: unknown
  properties?: Record<string, Schema>
}
interface Parameter {
  name: string
  in: string
  required: boolean
  description?: string
}
interface Media {
  example?: unknown
  schema?: { $ref?: string }
}
interface Operation {
  operationId: string
  tags: string[]
  parameters: Parameter[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>
}

const all = Object.values(endpoints) as unknown as Endpoint[]
const document = describeApi('/ops/jobs', '0.0.0') as {
  openapi: string
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; responses: Record<string, object>; securitySchemes: Record<string, { description: string }> }
}
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
const operationOf = ({ path, method }: Endpoint) => document.paths[path]![method.toLowerCase()]!

describe('the OpenAPI document', () => {
  test('is 3.1 and knows where it is mounted', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers.map(({ url }) => url)).toEqual(['/ops/jobs/api/v1'])
  })

  test('has every endpoint under its own id, and each has its refusals', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort())
    expect(operations.every(({ responses }) => 'default' in responses)).toBe(true)
    const open = all.filter(({ access }) => access !== 'public')
    expect(open.filter((endpoint) => !['400', '401', '403', '429'].every((status) => status in operationOf(endpoint).responses))).toEqual([])
  })

  test.each(all.map(({ path, method, name }) => [name, path, method.toLowerCase()] as const))('%s declares each parameter of its path', (_, path, method) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = document.paths[path]![method]!.parameters.filter((parameter) => parameter.in === 'path')
    expect(declared.map(({ name }) => name).sort()).toEqual(inPath.sort())
    expect(declared.every(({ required }) => required)).toBe(true)
  })

  test('is plain JSON without dangling references', () => {
    const text = JSON.stringify(document)
    for (const [, reference] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference!.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
      expect(found, reference).toBeDefined()
    }
  })

  test('describes every property and every parameter', () => {
    const inSchemas = Object.entries(document.components.schemas).flatMap(([name, schema]) => [...undescribed(schema, name)])
    const parameters = operations.flatMap(({ operationId, parameters }) => parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ?${name}`))
    expect([...inSchemas, ...parameters]).toEqual([])
  })

  test('has every schema once, under a name', () => {
    const byText = Map.groupBy(Object.entries(document.components.schemas), ([, schema]) => JSON.stringify({ ...schema, description: undefined }))
    // Aliases of text of some length are not the same thing.
    const same = [...byText].filter(([text, schemas]) => schemas.length > 1 && text.includes('"properties"')).map(([, schemas]) => schemas.map(([name]) => name))
    expect(same).toEqual([])
    const bodies = operations.flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)]).flatMap((body) => Object.entries((body && 'content' in body && body.content) || {}))
    const unnamed = bodies.filter(([type, { schema }]) => type === 'application/json' && schema?.$ref === undefined && JSON.stringify(schema) !== '{"type":"string"}')
    expect(unnamed).toEqual([])
  })

  test('puts every endpoint under a described tag, and every tag has endpoints', () => {
    const used = new Set(operations.flatMap(({ tags }) => tags))
    expect(document.tags.filter(({ name, description }) => !description || !used.has(name))).toEqual([])
    expect(operations.filter(({ tags }) => tags.length !== 1 || !document.tags.some(({ name }) => name === tags[0]))).toEqual([])
  })

  test('has a schema for the problems of each status, with its codes', () => {
    for (const [code, [status]] of Object.entries(problemCodes)) {
      // No path that exists answers with it.
      if (code === 'method_not_allowed') continue
      const schemas = Object.values(document.components.schemas).filter((schema) => JSON.stringify(schema).includes(`"const":${status},`))
      expect(schemas, String(status)).toHaveLength(1)
      expect(JSON.stringify(schemas[0])).toContain(`"${code}"`)
    }
  })

  test('says how a caller is signed in', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['hostSession', 'hostToken'])
    expect(Object.values(document.components.securitySchemes).every(({ description }) => description)).toBe(true)
  })
})

describe('the examples', () => {
  test.each(all.map((endpoint) => [endpoint.name, endpoint] as const))('%s has one that its own schemas accept', (name, endpoint) => {
    const { params, request, response } = examples[name]
    const { requestBody, responses } = operationOf(endpoint)
    if (endpoint.params) endpoint.params.parse(params)
    if (endpoint.body) {
      endpoint.body.parse(request)
      expect(requestBody!.content['application/json']!.example).toEqual(request)
    }
    const success = responses[endpoint.status]!
    if (endpoint.media === 'json') endpoint.output.parse(response)
    for (const { example } of Object.values(success.content!)) {
      if (endpoint.media === 'json') expect(example).toEqual(response)
      else expect(String(example).trim()).not.toBe('')
    }
  })

  test('tell nothing about the machine that they were recorded on', () => {
    const text = JSON.stringify(examples)
    expect(text).not.toMatch(/\/(tmp|home|root|Users|work)\//)
    expect(text).not.toMatch(/127\.0\.0\.1|localhost/)
  })
})

function* undescribed(value: unknown, path: string): Iterable<string> {
  if (typeof value !== 'object' || value === null) return
  const { type, properties } = value as Schema
  if (type === 'object' && properties) for (const [name, property] of Object.entries(properties)) if (!property.description) yield `${path}.${name}`
  for (const [key, inner] of Object.entries(value)) yield* undescribed(inner, `${path}.${key}`)
}
