import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { Engine, SqlExecutor } from '../../server/engines/engine.ts'
import { engineWithTimeouts } from '../../server/engines/timeouts.ts'
import { bullBackends } from '../support/bullmq.ts'

const tx: SqlExecutor = { executeSql: () => Promise.reject(new Error('not asked')) }
const skipped = bullBackends.find(({ name }) => name === 'Redis')!.skipped ?? (isInstalled() ? undefined : 'redis-server is not installed')

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'])
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'a Redis that goes away and comes back', () => {
  let folder: string
  let port: number
  let redis: ChildProcess
  let queue: Queue
  let engine: Engine
  const startRedis = async () => {
    redis = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes'], { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const line of redis.stdout!) if (String(line).includes('Ready to accept connections')) return
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ops-powertools-redis-'))
    port = await freePort()
    await startRedis()
    queue = new Queue('mails', { connection: { host: '127.0.0.1', port } })
    queue.on('error', () => {})
    await queue.add('send', {})
    engine = bullmq({ queues: [queue] })
  })
  afterAll(async () => {
    await queue?.close()
    // A Redis that cannot save its data does not end when it is asked to.
    redis?.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  test('makes reads fail within seconds, and no change is left queued for it', async () => {
    const seen = (await engine.select({}, { limit: 1 })).jobs
    expect(await engine.check()).toMatchObject({ ok: true })
    redis.kill('SIGKILL')
    await once(redis, 'exit')
    // What answered a second ago is trusted.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const [check, ...refused] = await Promise.all([
      engine.check(),
      engine.list({}, { order: 'newest', limit: 1 }).catch((error: { code: string }) => error.code),
      engine.act('cancel', seen, tx).catch((error: { code: string }) => error.code),
      engine.pauseQueue!('mails', tx).catch((error: { code: string }) => error.code),
    ])
    expect(check).toMatchObject({ ok: false, detail: 'BullMQ does not answer within three seconds.' })
    expect(refused).toEqual(['unavailable', 'unavailable', 'unavailable'])
    await startRedis()
    await expect.poll(async () => (await engine.check()).ok, { timeout: 15_000 }).toBe(true)
    expect(await engine.readQueue('mails')).toMatchObject({ paused: false })
    expect((await engine.list({}, { order: 'newest', limit: 5 })).jobs).toHaveLength(1)
  })

  test('while hanging, every call ends within five seconds and later ones are refused at once; afterwards it works again', { timeout: 60_000 }, async () => {
    const limited = engineWithTimeouts(engine)
    const [seen] = (await limited.select({}, { limit: 1 })).jobs
    // What answered a moment ago is trusted, so these calls reach the store that hangs.
    redis.kill('SIGSTOP')
    try {
      const timed = async (call: () => Promise<unknown>) => {
        const began = performance.now()
        const how = await call().then((answer) => ((answer as { ok?: boolean } | null)?.ok === false ? 'unavailable' : 'answered'), (error: { code: string }) => error.code)
        return [how, performance.now() - began < 5_000]
      }
      const calls: (() => Promise<unknown>)[] = [
        () => limited.check(),
        () => limited.list({}, { order: 'newest', limit: 1 }),
        () => limited.count({}, 10),
        () => limited.read([seen!.id]),
        () => limited.detail(seen!.id),
        () => limited.readQueue('mails'),
        () => limited.find([seen!]),
        () => limited.act('cancel', [seen!], tx),
        () => limited.pauseQueue!('mails', tx),
        () => limited.enqueue({ queue: 'mails', args: {}, origin: { cronEntry: 'a', slotAt: 'b' } }, tx),
      ]
      expect(await Promise.all(calls.map(timed))).toEqual(calls.map(() => ['unavailable', true]))
      expect(await Promise.all(calls.map(timed))).toEqual(calls.map(() => ['unavailable', true]))
    } finally {
      redis.kill('SIGCONT')
    }
    await expect.poll(async () => (await limited.check()).ok, { timeout: 20_000 }).toBe(true)
  })
})
