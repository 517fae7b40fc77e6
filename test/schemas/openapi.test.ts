import { describe, expect, test } from 'vitest'
import { type Endpoint, endpoints, routes } from '../../schemas/index.ts'
import { describeApi } from '../../server/http/openapi.ts'

const all = Object.values(endpoints) as unknown as Endpoint[]
const document = describeApi('/ops/jobs', '0.0.0') as {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string; required: boolean }[]; responses: Record<string, unknown> }>>
}

describe('the OpenAPI document', () => {
  test('is 3.1 and knows where it is mounted', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toEqual([{ url: '/ops/jobs/api/v1' }])
  })

  test('has every endpoint under its own id, and each has its refusals', () => {
    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort())
    expect(described.every(({ responses }) => 'default' in responses)).toBe(true)
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
})
