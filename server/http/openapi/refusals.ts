import type { Endpoint } from '../../../schemas/index.ts'
import { problemCodes } from '../../../schemas/index.ts'
import type { Json } from './components.ts'

const titles: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Unprocessable',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'Unavailable',
}

const codesByStatus: ReadonlyMap<number, [code: string, [status: number, title: string]][]> = Map.groupBy(Object.entries(problemCodes) as [string, [number, string]][], ([, [status]]) => status)

/** A schema for each status: a problem with one of its codes. */
export function describeProblems(statuses: Iterable<number>): Record<string, Json> {
  return Object.fromEntries([...statuses].map((status) => [`${titles[status]}Problem`, describeProblem(status)]))
}

function describeProblem(status: number): Json {
  const codes = codesByStatus.get(status)!.map(([code]) => code)
  return {
    description: `Refused with ${status}.`,
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      {
        type: 'object',
        properties: { status: { const: status, description: 'The status of the response.' }, code: { enum: codes, description: 'Why it was refused.' } },
        required: ['status', 'code'],
      },
    ],
  }
}

/** A response for each status, named like its schema. */
export function describeRefusals(statuses: Iterable<number>): Record<string, Json> {
  return Object.fromEntries([...statuses].map((status) => [titles[status]!, describeRefusal(status)]))
}

function describeRefusal(status: number): Json {
  const codes = codesByStatus.get(status)!
  const [code, [, title]] = codes[0]!
  const waits = status === 429 || status === 503
  return {
    description: codes.map(([code, [, title]]) => `\`${code}\`: ${title}.`).join(' '),
    ...(waits ? { headers: { 'Retry-After': { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer' } } } } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: `#/components/schemas/${titles[status]}Problem` },
        example: { type: `urn:ops-powertools:problem:${code}`, title, status, code, detail: `${title}.`, requestId: '0f9a6c1e-3a52-4d5e-9d61-8a7f2f0b7c11' },
      },
    },
  }
}

/** The statuses with which an endpoint may refuse, from what it takes and who may call it. */
export function refusalsOf({ access, method, params, body, media, name }: Endpoint): number[] {
  if (access === 'public') return name === 'getMetrics' ? [403, 404, 500, 503] : []
  const changes = method !== 'GET'
  const operates = ['createPreview', 'executePreview', 'runOperation', 'abortBulkRun', 'markDeploy'].includes(name)
  return [
    400,
    401,
    403,
    ...(params || operates ? [404] : []),
    ...(operates ? [409] : []),
    ...(name === 'executePreview' ? [410] : []),
    ...(body ? [413, 415] : []),
    ...(changes || media === 'export' || access === 'view_jobs' ? [422] : []),
    429,
    500,
    503,
  ]
}

export function referToRefusal(status: number): Json {
  return { $ref: `#/components/responses/${titles[status]}` }
}
