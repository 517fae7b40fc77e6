import { z } from 'zod'
import { type Endpoint, endpoints, problem } from '../../schemas/index.ts'
import { type FileFormat, fileTypes } from '../operations/export-lines.ts'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 document, generated from the descriptions that drive routing and validation. */
export function describeApi(base: string, version: string): Json {
  const shared: Json = {}
  const schemaOf = schemaReader(shared)
  const paths: Record<string, Json> = {}
  for (const endpoint of Object.values(endpoints) as unknown as Endpoint[]) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: describeEndpoint(endpoint, schemaOf) }
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
      schemas: { Problem: schemaOf(problem, 'output'), ...shared },
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

const mediaTypes = { json: 'application/json', text: 'text/plain', 'event-stream': 'text/event-stream' } as const

/** The formats that an export offers, from its query. */
function formatsOf({ query }: Endpoint): FileFormat[] {
  const { format } = (query?.shape ?? {}) as { format?: { options: FileFormat[] } }
  return format?.options ?? []
}

function describeEndpoint(endpoint: Endpoint, schemaOf: SchemaOf): Json {
  const contents =
    endpoint.media === 'export' ? formatsOf(endpoint).map((format) => fileTypes[format].split(';')[0]!) : [mediaTypes[endpoint.media]]
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(endpoint.access === 'public' ? { security: [] } : {}),
    parameters: [
      ...parametersOf(endpoint.params, 'path', schemaOf),
      ...parametersOf(endpoint.query, 'query', schemaOf),
      ...parametersOf(endpoint.headers, 'header', schemaOf),
    ],
    ...(endpoint.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } } }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(endpoint.outputs ?? { [endpoint.status]: endpoint.output }).map(([status, output]) => {
          const schema = schemaOf(output, 'output')
          return [status, { description: endpoint.summary, content: Object.fromEntries(contents.map((type) => [type, { schema }])) }]
        }),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header', schemaOf: SchemaOf): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json

/** A schema's local definitions have to move to the document's `components`, where references can find them. */
function schemaReader(shared: Json): SchemaOf {
  return (schema, io) => {
    const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json & { $defs?: Json }
    const name = (key: string) => key.replace(/^__schema/, 'Json')
    const moved = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/"#\/\$defs\/([^"]+)"/g, (_, key: string) => `"#/components/schemas/${name(key)}"`)) as Json
    for (const [key, definition] of Object.entries($defs)) shared[name(key)] = moved(definition)
    return moved(own)
  }
}
