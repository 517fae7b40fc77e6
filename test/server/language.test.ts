import { afterEach, describe, expect, test } from 'vitest'
import { parseLanguage } from '../../server/host/language.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

describe('the language of the console', () => {
  test.each([
    [undefined, 'de', 'lang="en"'],
    ['de-at', 'ja', 'lang="de-AT"'],
    ['ar', '', 'lang="ar" dir="rtl"'],
    ['reader', 'de-AT,en;q=0.5', 'lang="de"'],
    ['reader', 'fr,ar;q=0.5', 'lang="ar" dir="rtl"'],
    ['reader', 'fr', 'lang="en"'],
  ])('with %j for a browser that asks for %j is %s', async (language, accepted, attributes) => {
    server = await startServer({ language })
    const response = await fetch(`${server.url}/ops/jobs`, { headers: { authorization: 'Bearer ops-demo', ...(accepted && { 'accept-language': accepted }) } })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`<html ${attributes}>`)
    expect(response.headers.get('vary')?.includes('Accept-Language') ?? false).toBe(language === 'reader')
  })

  test('is refused if it is no tag', () => {
    expect(() => parseLanguage('de_DE')).toThrow("createOps: 'language' is 'de_DE'; expected a language tag such as 'de', or 'reader'")
  })
})
