import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../server/errors/fingerprint.ts'
import { normalize } from '../../../server/errors/normalize.ts'
import { parseError, type RawError } from '../../../server/errors/parse-error.ts'
import type { ErrorOptions } from '../../../server/options.ts'

const place = { queue: 'mail', worker: 'mail' }
const quiet = { error() {} }
const of = (error: RawError | string, at = place, errors?: ErrorOptions) => fingerprintOf(typeof error === 'string' ? { text: error } : error, at, errors, quiet).fingerprint

describe('a message without what differs between occurrences', () => {
  test.each([
    ['connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2)', 'connect ETIMEDOUT <ip>:<int> (smtp-eu-2)'],
    ['mail to anna.b+x@shop.example.com bounced', 'mail to <email> bounced'],
    ['GET https://api.example.com/v1/x?y=1 failed', 'GET <url> failed'],
    ['wss://live.example.com/socket closed', '<url> closed'],
    ['getaddrinfo ENOTFOUND db-1.internal.example.com', 'getaddrinfo ENOTFOUND <hostname>'],
    ['no route to fe80::1 and 2001:0db8:85a3:0000:0000:8a2e:0370:7334', 'no route to <ip> and <ip>'],
    ['Mailer::Error in Foo::bar', 'Mailer::Error in Foo::bar'],
    ['trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'trace <traceparent>'],
    ['job 7d1f6c3e-9e5b-4f7b-8a41-2f9d1c0b8e11 lost', 'job <uuid> lost'],
    ['commit da39a3ee5e6b4b0d3255bfef95601890afd80709', 'commit <sha1>'],
    ['etag d41d8cd98f00b204e9800998ecf8427e', 'etag <md5>'],
    ['at 2026-11-21T02:00:00.123456Z', 'at <date>'],
    ['at 2026-11-21 02:00:00+01:00 or Sat, 21 Nov 2026 02:00:00 GMT', 'at <date> or <date>'],
    ['at Sat Nov 21 2026 18:20:51 GMT+0000 (Coordinated Universal Time)', 'at <date>'],
    ['Saturday, 21-Nov-26 02:00:00 GMT', '<date>'],
    ['between 3:04PM and 15:30:02', 'between <date> and <date>'],
    ['lock timeout after 30s', 'lock timeout after <duration>'],
    ['took 12.5s, then 300ms', 'took <duration>, then <duration>'],
    ['at address 0x7ffee4b2', 'at address <hex>'],
    ['object 507f1f77bcf86cd799439011', 'object <hex>'],
    ['beefdead is a word without a digit', 'beefdead is a word without a digit'],
    ['ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ulid <id>'],
    ['no such customer: cus_9s6XKzkNRiz8i3', 'no such customer: <id>'],
    ['relation order_mail does not exist', 'relation order_mail does not exist'],
    ['V1StGXR8_Z5jdHi6B-myT is gone', '<id> is gone'],
    ['duplicate: Key (email, tenant)=(a@b.co, 7) already exists.', 'duplicate: <key> already exists.'],
    ["ENOENT: no such file, open '/var/lib/shop/orders/1077.pdf'", "ENOENT: no such file, open '<path>'"],
    ['cannot open C:\\shop\\orders\\1077.pdf', 'cannot open <path>'],
    ['either/or', 'either/or'],
    ['since commit 3f2a9c1', 'since commit <git>'],
    ['price 12.50 and -3.1e-7', 'price <float> and <float>'],
    ['1,234 of 20 rows, -5 left', '<int> of <int> rows, <int> left'],
    ['name="Anna B" ok=true is true', 'name=<string> ok=<bool> is true'],
    ['v412 of smtp-eu-2 and 1.2.3', 'v412 of smtp-eu-2 and 1.2.3'],
    ['401 signature mismatch', '401 signature mismatch'],
    ['550 no such mailbox', '550 no such mailbox'],
    ['550 5.1.1 a@b.invalid: no such mailbox', '550 5.1.1 <email>: no such mailbox'],
    ['503: unavailable', '503: unavailable'],
    ['returned 500', 'returned <int>'],
    ['', ''],
  ])('%s', (message, expected) => {
    expect(normalize(message)).toBe(expected)
  })

  test('stays as it is when it is normalized again, whatever it was', () => {
    const pieces = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('0x7f', '10.0.0.1', ' ', '/', ':', '-', '=', '"', '.', '@', 'Key (a)=(b)', '2026-11-21', 'T', '12:30', '1e5', 'cus_', 'a1b2c3d4e5', '::', 'true', 's', 'ms', '\\', 'C:\\x', 'http://x'))
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }).map((some) => some.join('').slice(0, 2_048)), (message) => {
        const once = normalize(message)
        expect(normalize(once)).toBe(once)
      }),
      { numRuns: 3_000 },
    )
  })

  /** A ratio, so that a slow machine does not matter: four times the text may take about four times as long, not sixteen. */
  test.each([
    ['digits and dots', '1.'],
    ['an address that never ends', 'a.'],
    ['slashes', '/a'],
    ['host names', 'a-'],
    ['colons', 'f:'],
    ['hexadecimal without a digit', 'abcdef'],
    ['keys that are not closed', 'Key (a)=('],
    ['an open quote', '="a'],
    ['underscores', 'a_'],
    ['signs', '+-'],
    ['letters before an at', 'a@'],
    ['spaces', ' '],
    ['dates that break off', '2026-11-2'],
    ['backslashes', 'C:\\'],
  ])('takes time in proportion to its length: %s', (_name, piece) => {
    const messages = [512, 2_048].map((length) => piece.repeat(length).slice(0, length))
    const best = messages.map(() => Number.POSITIVE_INFINITY)
    for (let run = 0; run < 30; run++) {
      messages.forEach((message, index) => {
        const started = performance.now()
        for (let n = 0; n < 4; n++) normalize(message)
        best[index] = Math.min(best[index]!, performance.now() - started)
      })
    }
    expect(best[1]! / Math.max(best[0]!, 0.02)).toBeLessThan(10)
  })
})

describe('class, message and frames', () => {
  test.each<[string, RawError, ReturnType<typeof parseError>]>([
    ['of a message alone', { text: 'boom' }, { errorClass: 'Error', message: 'boom', frames: [] }],
    ['of JavaScript', { text: 'boom', name: 'TypeError', stack: 'TypeError: boom\n    at Mailer.send (/app/src/mail/transport.ts:12:5)\n    at node:internal/process:1:2\n    at x (/app/node_modules/y/z.js:1:1)' }, { errorClass: 'TypeError', message: 'boom', frames: ['at Mailer.send (transport.ts)'] }],
    ['of a stack as text', { text: 'RangeError: too far\n    at walk (/app/src/walk.ts:3:4)' }, { errorClass: 'RangeError', message: 'too far', frames: ['at walk (walk.ts)'] }],
    ['of Elixir', { text: '** (Ecto.StaleEntryError) attempted to update\n    (ecto 3.1) lib/ecto/repo.ex:10: Ecto.Repo.update/2\n    (shop 0.1.0) lib/shop/mail.ex:7: Shop.Mail.perform/1' }, { errorClass: 'Ecto.StaleEntryError', message: 'attempted to update', frames: ['(shop 0.1.0) mail.ex: Shop.Mail.perform/1'] }],
    ['of Python', { text: 'Traceback (most recent call last):\n  File "/app/mail.py", line 7, in perform\n    send()\nValueError: bad address' }, { errorClass: 'ValueError', message: 'bad address', frames: ['File "mail.py", in perform'] }],
    ['of two lines', { text: 'first\n\nsecond\nthird' }, { errorClass: 'Error', message: 'first\nsecond', frames: [] }],
    ['of nothing', { text: '' }, { errorClass: 'Error', message: '', frames: [] }],
  ])('%s', (_name, error, expected) => {
    expect(parseError(error)).toEqual(expected)
  })

  test('come from the first two kilobytes only', () => {
    expect(of(`broken ${'x'.repeat(2_041)}1`)).toBe(of(`broken ${'x'.repeat(2_041)}2`))
    expect(parseError({ text: `${'a'.repeat(2_047)}😀` }).message.isWellFormed()).toBe(true)
  })
})

describe('a fingerprint', () => {
  test('is versioned, and the same in every process', () => {
    expect(of('connect ETIMEDOUT 10.4.0.12:587')).toMatch(/^e1:[0-9a-f]{16}$/)
    expect(of('connect ETIMEDOUT 10.4.0.12:587')).toBe(of('connect ETIMEDOUT 10.9.9.9:25'))
  })

  test('tells classes, messages, workers and queues apart', () => {
    const all = [of('boom'), of('bang'), of({ text: 'boom', name: 'TypeError' }), of('boom', { queue: 'mail', worker: 'other' }), of('boom', { queue: 'other', worker: 'mail' })]
    expect(new Set(all).size).toBe(all.length)
  })

  test('uses the stack only if the message is empty or meaningless', () => {
    const at = (name: string, line: number) => `Error\n    at ${name} (/app/src/${name}.ts:${line}:1)`
    for (const text of ['', 'Error', 'undefined', '[object Object]', 'unknown error']) {
      expect(of({ text, stack: at('a', 1) })).toBe(of({ text, stack: at('a', 99) }))
      expect(of({ text, stack: at('a', 1) })).not.toBe(of({ text, stack: at('b', 1) }))
    }
    expect(of({ text: 'disk is full', stack: at('a', 1) })).toBe(of({ text: 'disk is full', stack: at('b', 1) }))
  })

  test('is the host\'s where it has an answer: raw and normalized text are both given', () => {
    const seen: unknown[] = []
    const errors: ErrorOptions = { fingerprint: (error) => (seen.push([error.text, error.message, error.errorClass]), error.text.includes('10.4.') ? 'smtp' : undefined) }
    expect(of('no route to 10.4.0.1', place, errors)).toBe(of('refused by 10.4.0.2', { queue: 'mail', worker: 'other' }, errors))
    expect(of('no route to 10.5.0.1', place, errors)).toBe(of('no route to 10.5.0.1'))
    expect(seen[0]).toEqual(['no route to 10.4.0.1', 'no route to <ip>', 'Error'])
  })

  test('is the default if the host throws or answers nonsense, which the log says once', () => {
    for (const answer of [() => { throw new Error('secret-canary') }, () => 7, async () => 'late'] as (() => never)[]) {
      const lines: string[] = []
      const errors: ErrorOptions = { fingerprint: answer }
      for (let n = 0; n < 3; n++) expect(fingerprintOf({ text: 'boom' }, place, errors, { error: (line) => lines.push(line) }).fingerprint).toBe(of('boom'))
      expect(lines).toEqual([expect.stringMatching(/^errors\.fingerprint (threw|returned).+default grouping/)])
      expect(lines.join()).not.toContain('secret-canary')
    }
  })
})
