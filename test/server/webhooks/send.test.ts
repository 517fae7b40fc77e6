import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { standardWebhooks, type WebhookEndpoint } from '../../../server/webhooks/index.ts'
import type { Resolve } from '../../../server/webhooks/address.ts'
import { type Receiver, startReceiver, verify } from '../../support/receiver.ts'

const secret = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`
const message = { id: 'msg-1', body: '{"type":"incident.opened"}', timestamp: 1_790_000_000 }

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.close())

function endpoint(settings: Partial<WebhookEndpoint> = {}, resolve?: Resolve) {
  return standardWebhooks({ endpoints: [{ name: 'chat', url: `${receiver.url}/hooks?room=1`, secrets: [secret(1)], allowPrivate: true, ...settings }], resolve }).webhooks!.endpoints[0]!
}

describe('a message', () => {
  test('is sent as it is, with its id, its time and a signature that a receiver can verify', async () => {
    expect(await endpoint().send({ ...message, traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })).toEqual({ status: 204 })
    const [received] = receiver.received
    expect(received).toMatchObject({ path: '/hooks?room=1', body: message.body, headers: { 'webhook-id': 'msg-1', 'webhook-timestamp': '1790000000', 'content-type': 'application/json', host: `127.0.0.1:${receiver.port}`, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } })
    expect(await verify(secret(1), received!, message.timestamp)).toBe(true)
    expect(await verify(secret(2), received!, message.timestamp)).toBe(false)
    expect(await verify(secret(1), { ...received!, body: `${received!.body} ` }, message.timestamp)).toBe(false)
    expect(await verify(secret(1), { ...received!, headers: { ...received!.headers, 'webhook-id': 'msg-2' } }, message.timestamp)).toBe(false)
  })

  test('has a signature for each secret, so that a receiver that knows the old or the new one accepts it', async () => {
    await endpoint({ secrets: [secret(1), secret(2)] }).send(message)
    for (const byte of [1, 2]) expect(await verify(secret(byte), receiver.received[0]!, message.timestamp)).toBe(true)
    expect(await verify(secret(3), receiver.received[0]!, message.timestamp)).toBe(false)
  })

  test('is signed as the example of the rules says', async () => {
    // The example in the rules' own test vectors.
    await endpoint({ secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }).send({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', timestamp: 1614265330 })
    expect(receiver.received[0]!.headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  test.each([
    [200, {}], [201, {}], [204, {}], [299, {}],
    [300, { failure: 'redirect' }], [400, { failure: 'refused' }], [401, { failure: 'refused' }], [404, { failure: 'refused' }], [429, { failure: 'refused' }], [500, { failure: 'refused' }], [503, { failure: 'refused' }],
    [410, { failure: 'gone' }],
  ])('that is answered %i', async (status, expected) => {
    receiver.answer = status
    expect(await endpoint().send(message)).toMatchObject({ status, ...expected })
    if (!('failure' in expected)) expect((await endpoint().send(message)).failure).toBeUndefined()
  })

  test('does not follow a redirect', async () => {
    const elsewhere = await startReceiver()
    receiver.answer = (response) => response.writeHead(307, { location: elsewhere.url }).end()
    expect(await endpoint().send(message)).toMatchObject({ status: 307, failure: 'redirect' })
    expect(elsewhere.received).toEqual([])
    await elsewhere.close()
  })

  test('tells how long a receiver asked to wait', async () => {
    receiver.answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end()
    expect(await endpoint().send(message)).toMatchObject({ status: 429, retryAfterMs: 120_000 })
  })

  test('waits no longer than allowed for a receiver that does not answer, for one that answers drop by drop, and for its name', async () => {
    receiver.answer = () => {}
    expect(await endpoint({ timeoutMs: 100 }).send(message)).toEqual({ failure: 'timeout' })
    const dripping = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\n')
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 20)
      socket.on('close', () => clearInterval(drip))
    })
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve))
    expect(await endpoint({ timeoutMs: 200, url: `http://127.0.0.1:${(dripping.address() as AddressInfo).port}` }).send(message)).toEqual({ failure: 'timeout' })
    dripping.close()
    expect(await endpoint({ timeoutMs: 100, url: 'http://slow.example' }, () => new Promise(() => {})).send(message)).toEqual({ failure: 'timeout' })
  })

  test('says that a receiver cannot be reached, without its address', async () => {
    const { url } = receiver
    await receiver.close()
    expect(await endpoint({ url }).send(message)).toEqual({ failure: 'connection' })
    receiver = await startReceiver()
  })

  test('is not read back: an endless answer does no harm', async () => {
    receiver.answer = (response) => {
      response.writeHead(200)
      const pour = () => response.write('x'.repeat(1e5)) && setImmediate(pour)
      response.on('error', () => {})
      pour()
    }
    expect(await endpoint().send(message)).toEqual({ status: 200 })
  })
})

describe('the address of a receiver', () => {
  const nameOf = (answers: string[][]): { resolve: Resolve; asked: () => number } => {
    let asked = 0
    const resolve: Resolve = async () => answers[Math.min(asked++, answers.length - 1)]!.map((address) => ({ address, family: 4 }))
    return { resolve, asked: () => asked }
  }

  test('is refused if it is private, after its name was resolved', async () => {
    const { resolve } = nameOf([['127.0.0.1']])
    expect(await endpoint({ url: `https://metadata.example:${receiver.port}`, allowPrivate: false }, resolve).send(message)).toEqual({ failure: 'private_address' })
    expect(receiver.received).toEqual([])
  })

  test('is the one that was checked, whatever the name leads to a moment later', async () => {
    // The first answer is a public address, as which this machine is not reachable; asked again, the name leads to this machine.
    const { resolve, asked } = nameOf([['192.0.2.1'], ['127.0.0.1']])
    const first = await endpoint({ url: `http://rebinding.example:${receiver.port}`, timeoutMs: 300 }, resolve).send(message)
    expect(['timeout', 'connection']).toContain(first.failure)
    expect(asked()).toBe(1)
    expect(receiver.received).toEqual([])
  })

  test('is looked up again for every message', async () => {
    const { resolve, asked } = nameOf([['127.0.0.1']])
    const chat = endpoint({ url: `http://chat.example:${receiver.port}/a` }, resolve)
    await chat.send(message)
    await chat.send(message)
    expect(asked()).toBe(2)
    expect(receiver.received[0]!.headers.host).toBe(`chat.example:${receiver.port}`)
  })

  test('has the certificate of its name, and a connection without a trusted one is not used', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ops-powertools-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=chat.example', '-addext', 'subjectAltName=DNS:chat.example'])
    if (made.status !== 0) skip('there is no openssl to make a certificate with')
    const heard: string[] = []
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      heard.push(String(request.headers.host))
      request.resume()
      response.writeHead(204).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { resolve } = nameOf([['127.0.0.1']])
    const ca = readFileSync(cert, 'utf8')
    expect(await endpoint({ url: `https://chat.example:${port}`, ca }, resolve).send(message)).toEqual({ status: 204 })
    expect(await endpoint({ url: `https://chat.example:${port}` }, resolve).send(message)).toEqual({ failure: 'certificate' })
    expect(await endpoint({ url: `https://other.example:${port}`, ca }, resolve).send(message)).toEqual({ failure: 'certificate' })
    expect(heard).toEqual([`chat.example:${port}`])
    server.close()
  })
})

describe('options are refused', () => {
  const one = { name: 'chat', url: 'https://chat.example', secrets: [secret(1)] }
  test.each<[string, WebhookEndpoint[], RegExp]>([
    ['two endpoints with one name', [one, one], /two endpoints are named 'chat'/],
    ['a name with a blank', [{ ...one, name: 'my chat' }], /expected letters/],
    ['an address that is none', [{ ...one, url: 'CANARY' }], /'chat': its url is not/],
    ['a script', [{ ...one, url: 'javascript:CANARY' }], /its url is not/],
    ['http', [{ ...one, url: 'http://CANARY.example' }], /not https; http is allowed only with allowPrivate/],
    ['credentials in the address', [{ ...one, url: 'https://me:CANARY@chat.example' }], /user name or a password/],
    ['no secret', [{ ...one, secrets: [] }], /has no secret/],
    ['a secret without its beginning', [{ ...one, secrets: [secret(1).slice(6)] }], /secret 1 of 1 is not valid/],
    ['a short secret', [{ ...one, secrets: [secret(1), 'whsec_Q0FOQVJZ'] }], /secret 2 of 2 is not valid/],
    ['a secret that is not base64', [{ ...one, secrets: [`whsec_${'CANARY!'.repeat(6)}`] }], /secret 1 of 1/],
    ['a long wait', [{ ...one, timeoutMs: 60_000 }], /timeoutMs is 60000; expected 1 to 15000/],
  ])('%s', (_what, endpoints, error) => {
    expect(() => standardWebhooks({ endpoints })).toThrow(error)
    try {
      standardWebhooks({ endpoints })
    } catch (thrown) {
      expect(String(thrown)).not.toMatch(/CANARY|AQEB/)
    }
  })

  test('and nothing of an endpoint that a log could print is secret', () => {
    const { webhooks } = standardWebhooks({ endpoints: [{ ...one, url: 'https://chat.example/CANARY' }] })
    expect(JSON.stringify(webhooks)).not.toMatch(/CANARY|AQEB|whsec/)
  })
})
