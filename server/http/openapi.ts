import { z } from 'zod'
import { type Endpoint, endpoints, problem } from '../../schemas/index.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1, made from the descriptions that route and validate. */
export function describeApi(base: string, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const endpoint of Object.values(endpoints) as unknown as Endpoint[]) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: describeEndpoint(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ops Powertools',
      version,
      description: 'Audited operations over background jobs. Every change is previewed or carries an Idempotency-Key, and commits together with its audit event.',
    },
    servers: [{ url: `${base}/api/v1` }],
    security: [{ host: [] }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: { host: { type: 'http', scheme: 'bearer', description: "Whatever the host's auth seam accepts: its session cookie, or its own token." } },
      responses: {
        Problem: {
          description: 'Refused; `code` says why',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

const mediaTypes = { json: 'application/json', 'event-stream': 'text/event-stream' } as const

function describeEndpoint(endpoint: Endpoint): Json {
  const contents =
    endpoint.media === 'export' ? ['text/csv', 'application/x-ndjson'] : [mediaTypes[endpoint.media]]
  const schema = schemaOf(endpoint.output, 'output')
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(endpoint.access === 'public' ? { security: [] } : {}),
    parameters: [
      ...parametersOf(endpoint.params, 'path'),
      ...parametersOf(endpoint.query, 'query'),
      ...parametersOf(endpoint.headers, 'header'),
    ],
    ...(endpoint.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } } }
      : {}),
    responses: {
      [endpoint.status]: { description: endpoint.summary, content: Object.fromEntries(contents.map((type) => [type, { schema }])) },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header'): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json
  return rest
}
