import type { z } from 'zod'
import { type Endpoint, endpoints, problem } from '../../schemas/index.ts'
import { type FileFormat, fileTypes } from '../operations/export-lines.ts'
import { type Components, type Json, openComponents } from './openapi/components.ts'
import { examples } from './openapi/examples.ts'
import { describeProblems, describeRefusals, referToRefusal, refusalsOf } from './openapi/refusals.ts'
import { tagOf, tags } from './openapi/tags.ts'

/** The OpenAPI 3.1 document, generated from the descriptions that drive routing and validation. */
export function describeApi(base: string, version: string): Json {
  const components = openComponents()
  const all = Object.values(endpoints) as unknown as Endpoint[]
  const paths: Record<string, Json> = {}
  for (const endpoint of all) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: describeEndpoint(endpoint, components) }
  }
  const statuses = new Set(all.flatMap(refusalsOf).toSorted((a, b) => a - b))
  components.refer(problem, 'output')
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ops Powertools',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Audited operations over background jobs. Every change is previewed or carries an `Idempotency-Key`, and commits together with its audit event. A later minor version may add endpoints, parameters, properties of responses and words of enumerations; it removes none.',
    },
    servers: [{ url: `${base}/api/v1`, description: 'Where this host has mounted it.' }],
    security: [{ hostSession: [] }, { hostToken: [] }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: { ...components.schemas(), ...describeProblems(statuses) },
      securitySchemes: {
        hostSession: { type: 'apiKey', in: 'cookie', name: 'session', description: "The host's own login. The name of the cookie is the host's; `session` stands for it. A change has to come from a page of the same origin." },
        hostToken: { type: 'http', scheme: 'bearer', description: "A token of the host's own, if its `auth.currentActor` accepts one." },
      },
      responses: {
        ...describeRefusals(statuses),
        Problem: {
          description: 'Refused; `code` says why.',
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

function describeEndpoint(endpoint: Endpoint, components: Components): Json {
  const { name, summary, path, query, body, access } = endpoint
  const example = examples[name]
  return {
    operationId: name,
    tags: [tagOf(path)],
    summary,
    ...(query?.description ? { description: query.description } : {}),
    ...(access === 'public' ? { security: [] } : {}),
    parameters: [
      ...parametersOf(endpoint, 'path', components),
      ...parametersOf(endpoint, 'query', components),
      ...parametersOf(endpoint, 'header', components),
    ],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: components.refer(body, 'input'), example: example.request } } } } : {}),
    responses: {
      ...Object.fromEntries(successesOf(endpoint, components)),
      ...Object.fromEntries(refusalsOf(endpoint).map((status) => [status, referToRefusal(status)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const descriptions: Readonly<Record<number, string>> = { 202: 'Started in the background.', 503: 'A check failed.' }

function successesOf(endpoint: Endpoint, components: Components): [string, Json][] {
  const { name, summary, media, output, status } = endpoint
  const outputs = Object.entries(endpoint.outputs ?? { [status]: output })
  const types = media === 'export' ? formatsOf(endpoint).map((format) => fileTypes[format].split(';')[0]!) : [mediaTypes[media]]
  const { response } = examples[name]
  return outputs.map(([status, schema]) => {
    const content = (type: string) =>
      media === 'json'
        ? { schema: components.refer(schema, 'output'), ...(Number(status) === endpoint.status ? { example: response } : {}) }
        : { schema: { type: 'string' }, example: (response as Record<string, string>)[type] }
    return [status, { description: descriptions[Number(status)] ?? summary, content: Object.fromEntries(types.map((type) => [type, content(type)])) }]
  })
}

const fieldsIn = { path: 'params', query: 'query', header: 'headers' } as const

function parametersOf(endpoint: Endpoint, place: keyof typeof fieldsIn, components: Components): Json[] {
  const schema: z.ZodType | undefined = endpoint[fieldsIn[place]]
  if (!schema) return []
  const { properties, required } = components.fieldsOf(schema, endpoint.name)
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema,
    ...(place === 'path' ? { example: examples[endpoint.name].params?.[name] } : {}),
  }))
}
