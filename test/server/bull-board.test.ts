import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Queue } from 'bullmq'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullBoard } from '../../server/bridges/bull-board/index.ts'
import { findBrowser } from '../support/browser.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'
import { startServer, type TestServer } from '../support/server.ts'

const canaries = /canary-\w+/g

let world: BullWorld
let mails: Queue
let secret: Queue
let server: TestServer
beforeAll(async () => {
  world = await bullBackends[0]!.start()
  mails = world.queue('mails')
  secret = world.queue('secret')
  await world.work('mails', async (job) => {
    await job.log('canary-log')
    await job.updateProgress({ note: 'canary-progress' })
    if (job.name === 'fail') throw new Error('canary-error')
    return { note: 'canary-output' }
  })
  await mails.add('ok', { note: 'canary-data', password: 'canary-secret' }, { deduplication: { id: 'canary-dedup' } })
  await mails.add('fail', { note: 'canary-data' })
  await mails.upsertJobScheduler('tick', { every: 3_600_000, startDate: new Date(Date.now() + 3_600_000) }, { name: 'ticks', data: { note: 'canary-schedule' } })
  await secret.add('hidden', { note: 'canary-queue' })
  while ((await mails.getJobCountByTypes('completed', 'failed')) < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  server = await startServer({
    bridges: [bullBoard({ queues: () => [mails, secret] })],
    auth: {
      currentActor: ({ headers }) => {
        const id = headers.authorization?.replace('Bearer ', '') ?? /who=([\w-]+)/.exec(headers.cookie ?? '')?.[1]
        return id ? { id, role: 'ops' as const } : null
      },
      authorize(person, action, resource) {
        if (person.id === 'no-bridge' && action === 'view_bridge') return false
        if (person.id === 'no-jobs' && action === 'view_jobs') return false
        if (person.id === 'no-failures' && action === 'view_jobs') return resource.worker !== 'fail'
        return action !== 'view_queues' || resource.queue !== 'secret'
      },
      auditPrincipal: ({ id }) => ({ id, type: 'user', label: id }),
    },
    displayPolicy: { display: (kind, _value, { actor }) => (actor.id === 'redacted' && kind.startsWith('job_') ? '[hidden by policy]' : undefined) },
  })
})
afterAll(async () => {
  await server?.stop()
  await world?.close()
})

async function visit(who: string | null, path: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const headers = { accept: 'text/html', ...(who ? { authorization: `Bearer ${who}` } : {}), ...init.headers }
  const response = await fetch(`${server.url}/ops/jobs/bull-board${path}`, { redirect: 'manual', ...init, headers })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const reads = [
  '/api/queues?activeQueue=mails',
  '/api/queues?activeQueue=mails&status=failed&jobsPerPage=100000',
  '/api/queues/mails/1',
  '/api/queues/mails/2',
  '/api/queues/mails/1/logs',
  '/api/queues/mails/1/flow',
  '/api/job-schedulers',
  '/api/queues/mails/default-job-options',
  '/api/queues/mails/workers',
  '/api/queues/mails/rate-limit',
  '/api/queues/mails/metrics',
]

describe('the board', () => {
  test('carries the strip on each of its pages, and the session links to it', async () => {
    for (const path of ['', '/', '/queue/mails', '/queue/mails/1', '/job-schedulers', '/nothing']) {
      const { text } = await visit('ops', path)
      expect(text.match(/<body[^>]*><ops-bridge-strip /g), path).toHaveLength(1)
      expect(text).toContain('Bull Board bridge')
    }
    const session = await server.call('ops', 'GET', '/session')
    expect(session.body.bridges).toEqual([{ name: 'bull-board', label: 'Bull Board bridge', href: '/ops/jobs/bull-board' }])
  })

  test('asks who is looking', async () => {
    expect((await visit(null, '')).status).toBe(401)
    expect((await visit('no-bridge', '/api/queues')).status).toBe(403)
    expect((await server.call('no-bridge', 'GET', '/session')).body.bridges).toEqual([])
  })

  test('takes nothing but GET and HEAD, and has none of the routes that change something', async () => {
    const before = await mails.getJobCounts()
    const changes = ['pause', 'resume', 'empty', 'obliterate', 'promote', 'retry/failed', 'clean/completed', 'add', '1/retry', '1/clean', '1/update-data']
    for (const change of changes) {
      for (const method of ['PUT', 'POST', 'PATCH', 'DELETE']) {
        const { status, headers } = await visit('ops', `/api/queues/mails/${change}`, { method })
        expect([change, method, status, headers.get('allow')]).toEqual([change, method, 405, 'GET, HEAD'])
      }
      expect([change, [403, 404].includes((await visit('ops', `/api/queues/mails/${change}`)).status)]).toEqual([change, true])
    }
    expect([await mails.getJobCounts(), await mails.isPaused()]).toEqual([before, false])
    expect((await visit('ops', '', { method: 'HEAD' })).status).toBe(200)
  })

  test('reads no file but its own', async () => {
    const page = (await visit('ops', '')).text
    const script = /src="(static\/js\/main[^"]+)"/.exec(page)![1]!
    const { status, headers } = await visit('ops', `/${script}`)
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'text/javascript; charset=utf-8', 'private, max-age=31536000, immutable'])
    for (const path of ['/static/../index.ejs', '/static/%2e%2e/index.ejs', '/static/js', '/static/..%2f..%2fpackage.json', '/static/.env.json', '/api/redis/stats', '/%ff']) {
      expect([path, [403, 404].includes((await visit('ops', path)).status)]).toEqual([path, true])
    }
  })
})

describe('what a job carries', () => {
  test('goes through the display policy, the default one hides what looks secret', async () => {
    const answers = await Promise.all(reads.map((path) => visit('ops', path)))
    expect(answers.map(({ status }) => status)).toEqual(reads.map(() => 200))
    const seen = new Set(answers.flatMap(({ text }) => text.match(canaries) ?? []))
    expect([...seen].toSorted()).toEqual(['canary-data', 'canary-dedup', 'canary-error', 'canary-log', 'canary-output', 'canary-progress', 'canary-schedule'])
  })

  test('is nowhere for those from whom the policy hides it, while the rest is there', async () => {
    for (const path of reads) {
      const { status, text } = await visit('redacted', path)
      expect([path, status, text.match(canaries)]).toEqual([path, 200, null])
    }
    const { jobs } = (JSON.parse((await visit('redacted', reads[0]!)).text) as { queues: { name: string; jobs: object[] }[] }).queues[0]!
    expect(jobs).toContainEqual(expect.objectContaining({ id: '2', name: 'fail', isFailed: true, failedReason: '[hidden by policy]', data: '[hidden by policy]' }))
  })

  test('is nowhere for those who may not view jobs; single jobs and queues can be kept back too', async () => {
    for (const path of reads) expect([path, (await visit('no-jobs', path)).text.match(canaries)]).toEqual([path, null])
    expect((await visit('no-failures', '/api/queues/mails/2')).status).toBe(403)
    expect((await visit('no-failures', '/api/queues/mails/2/logs')).status).toBe(403)
    expect((await visit('no-failures', '/api/queues/mails/2/flow')).status).toBe(403)
    expect((await visit('no-failures', '/api/queues/mails/1')).status).toBe(200)
    expect((await visit('no-failures', reads[0]!)).text).not.toContain('canary-error')
    const { queues } = JSON.parse((await visit('ops', '/api/queues?activeQueue=secret')).text) as { queues: { name: string }[] }
    expect(queues.map(({ name }) => name)).toEqual(['mails'])
    expect((await visit('ops', '/api/queues/secret/1')).status).toBe(404)
  })
})

describe('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch(await findBrowser())
  })
  afterAll(() => browser?.close())

  async function open(path: string, errors: string[]): Promise<Page> {
    const context = await browser.newContext({ extraHTTPHeaders: { cookie: 'who=ops' } })
    context.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())))
    context.on('weberror', (error) => void errors.push(String(error.error())))
    const page = await context.newPage()
    await page.goto(`${server.url}/ops/jobs/bull-board${path}`)
    return page
  }

  test('it works under its policy, below the strip, with no control that changes something', async () => {
    const errors: string[] = []
    const page = await open('', errors)
    await page.getByRole('link', { name: 'mails' }).first().click()
    await page.waitForURL('**/bull-board/queue/mails**')
    await page.getByRole('link', { name: /failed/i }).click()
    await page.getByText('canary-error').first().waitFor()
    const tops = await page.evaluate(() => ['ops-bridge-strip', '#root header', '#root aside'].map((name) => document.querySelector(name)!.getBoundingClientRect().top))
    expect(tops).toEqual([0, 34, 98])
    const words = await page.evaluate(() => [...document.querySelectorAll('button, [role=menuitem], a')].map((control) => `${control.textContent} ${control.getAttribute('title') ?? ''}`).join('\n'))
    expect(words).not.toMatch(/retry|pause|clean|obliterate|promote|empty|add job/i)
    expect(errors).toEqual([])
    await page.context().close()
  })
})

describe('without one of its packages', () => {
  const project = new URL('../..', import.meta.url).pathname
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ops-powertools-without-board-'))
    for (const part of ['server', 'schemas', 'package.json']) await cp(join(project, part), join(folder, part), { recursive: true })
    await mkdir(join(folder, 'node_modules/@bull-board'), { recursive: true })
    const names = (await readdir(join(project, 'node_modules'))).filter((name) => name !== '@bull-board' && !name.startsWith('.'))
    await Promise.all(names.map((name) => symlink(join(project, 'node_modules', name), join(folder, 'node_modules', name))))
    const host = `import { bullBoard } from './server/bridges/bull-board/index.ts'
      const opened = await bullBoard({ queues: [] }).open({ basePath: '/x' }).catch((error) => String(error))
      console.log(opened === null ? 'absent' : typeof opened === 'string' ? 'broken' : 'open')`
    await writeFile(join(folder, 'host.ts'), host)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const opened = async () => (await promisify(execFile)(process.execPath, [join(folder, 'host.ts')])).stdout.trim()
  const install = (name: string) => symlink(join(project, 'node_modules/@bull-board', name), join(folder, 'node_modules/@bull-board', name))

  test('it is not there, so neither are its path and its link; with both it opens; half of it is an error', async () => {
    expect(await opened()).toBe('absent')
    await install('api')
    expect(await opened()).toBe('absent')
    await install('koa')
    expect(await opened()).toBe('open')
    await rm(join(folder, 'node_modules/@bull-board/api'))
    await mkdir(join(folder, 'node_modules/@bull-board/api'))
    await writeFile(join(folder, 'node_modules/@bull-board/api/index.js'), "throw new Error('half of it is missing')")
    expect(await opened()).toBe('broken')
  })
})

test.skipIf(bullBackends[1]!.skipped)('on Redis it shows jobs, and no key of BullMQ’s own by the name of one', async () => {
  const redis = await bullBackends[1]!.start()
  const queue = redis.queue('mails')
  const board = await startServer({ bridges: [bullBoard({ queues: [queue] })], cron: [] })
  try {
    const { id } = await queue.add('ok', {})
    await queue.add('ok', {})
    await queue.pause()
    const statusOf = async (job: string) => {
      const path = `/ops/jobs/bull-board/api/queues/mails/${job}`
      return (await fetch(board.url + path, { headers: { authorization: 'Bearer ops-demo' } })).status
    }
    expect(await statusOf(id!)).toBe(200)
    for (const key of ['meta', 'id', 'wait', 'paused', 'events', 'marker']) expect([key, await statusOf(key)]).toEqual([key, 404])
  } finally {
    await board.stop()
    await redis.close()
  }
})
