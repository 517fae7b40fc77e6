import type { Choices, EngineName, ServerName } from './choices.ts'
import { barred, type Starter } from './starter.ts'

interface WorkerParts {
  imports: string
  /** Starts the workers, and sends a job that fails, so that there is something to retry. */
  start: string
  stop: string
}

const workers: Partial<Record<EngineName, WorkerParts>> = {
  'pg-boss': {
    imports: `import { PgBoss } from 'pg-boss'\n  |`,
    start: `const boss = new PgBoss(databaseUrl)
  |boss.on('error', (error) => console.error(error.message))
  |attendPgBoss(boss, { database: { url: databaseUrl } })
  |await boss.start()
  |for (const queue of ['welcome_mail', 'nightly_sync']) await boss.createQueue(queue)
  |await boss.work('welcome_mail', async ([job]) => sendMail(job.data))
  |await boss.work('nightly_sync', async () => {})
  |await boss.send('welcome_mail', { to: 'ada@example.com' }, { retryLimit: 0 })`,
    stop: 'await boss.stop()',
  },
  'graphile-worker': {
    imports: `import { makeWorkerUtils, run } from 'graphile-worker'\n  |import pg from 'pg'\n  |`,
    start: `const pgPool = new pg.Pool({ connectionString: databaseUrl, max: 6 })
  |const utils = await makeWorkerUtils({ pgPool })
  |await utils.migrate()
  |const taskList = { welcome_mail: async (job) => sendMail(job), nightly_sync: async () => {} }
  |const attendance = await attendGraphileWorker({ pgPool, taskList, concurrency: 2, noHandleSignals: true }, { database: { url: databaseUrl } })
  |const runner = await run(attendance.options)
  |await utils.addJob('welcome_mail', { to: 'ada@example.com' }, { maxAttempts: 1 })`,
    stop: 'await runner.stop()',
  },
  bullmq: {
    imports: `import { Queue, Worker } from 'bullmq'\n  |`,
    start: `const mail = new Worker('welcome_mail', async (job) => sendMail(job.data), { connection })
  |const sync = new Worker('nightly_sync', async () => {}, { connection })
  |attendBullMQ([mail, sync], { database: { url: databaseUrl } })
  |await new Queue('welcome_mail', { connection }).add('welcome_mail', { to: 'ada@example.com' })`,
    stop: 'await Promise.all([mail.close(), sync.close()])',
  },
}

const companions: Partial<Record<EngineName, string>> = { 'pg-boss': 'attendPgBoss', 'graphile-worker': 'attendGraphileWorker', bullmq: 'attendBullMQ' }

const mounts: Record<ServerName, { imports: string; mount: string }> = {
  koa: {
    imports: `import Koa from 'koa'`,
    mount: `const app = new Koa()
  |app.use(async (context, next) => {
  |  if (signIn(context.req, context.res)) context.respond = false
  |  else await next()
  |})
  |app.use(ops.middleware())
  |const server = app.listen(port, '127.0.0.1')`,
  },
  express: {
    imports: `import express from 'express'`,
    mount: `const app = express()
  |app.use((request, response, next) => {
  |  if (isOps(request.originalUrl)) ops.handler(request, response)
  |  else if (!signIn(request, response)) next()
  |})
  |const server = app.listen(port, '127.0.0.1')`,
  },
  node: {
    imports: `import { createServer } from 'node:http'`,
    mount: `const server = createServer((request, response) => {
  |  if (isOps(request.url)) ops.handler(request, response)
  |  else if (!signIn(request, response)) response.writeHead(404).end()
  |}).listen(port, '127.0.0.1')`,
  },
}

/** A server with the console, the scheduler and, where the engine's workers run in Node, two workers. */
export function serverFile({ engine, server, database }: Choices): Starter {
  const worker = workers[engine]
  const companion = companions[engine]
  const { imports, mount } = mounts[server]
  const embedded = database === 'embedded'
  const isOps = server === 'koa' ? '' : `
  |function isOps(url) {
  |  const { pathname } = new URL(url, 'http://localhost')
  |  return pathname === ops.base || pathname.startsWith(ops.base + '/')
  |}
  |`
  return {
    file: 'ops.server.mjs',
    what: 'a server to start with: the console, a worker, and a job that fails',
    text: barred(`
  |${worker?.imports ?? ''}${imports}
  |import { createOps } from 'ops-powertools'
  |${companion ? `import { ${companion} } from 'ops-powertools/workers'\n  |` : ''}import { signIn, signInPath } from './ops.auth.mjs'
  |import options${engine === 'bullmq' ? ', { connection }' : ''} from './ops.config.mjs'
  |${embedded ? `import { databaseUrl, startDatabase } from './ops.database.mjs'\n  |` : ''}
  |${embedded ? 'const stopDatabase = await startDatabase()' : worker ? 'const databaseUrl = process.env.DATABASE_URL' : ''}
  |${worker ? `${worker.start}
  |
  |/** Fails until you start the server with MAIL_WORKS=1; then retry the job. */
  |async function sendMail({ to }) {
  |  if (!process.env.MAIL_WORKS) throw new Error('550 no such mailbox: ' + to)
  |}
  |` : ''}
  |const ops = await createOps(await options())
  |await ops.migrate()
  |await ops.start()
  |
  |const port = Number(process.env.PORT ?? 3000)
  |${mount}
  |server.once('listening', () => console.log('Open http://127.0.0.1:' + port + signInPath))
  |server.once('error', (error) => {
  |  console.error(error.code === 'EADDRINUSE' ? 'Port ' + port + ' is in use: set PORT to another one.' : error.message)
  |  process.exit(1)
  |})
  |${isOps}
  |for (const signal of ['SIGINT', 'SIGTERM']) {
  |  process.once(signal, async () => {
  |    server.close()
  |    server.closeAllConnections()
  |    await ops.stop()
  |    ${worker ? worker.stop : '// Stop your own workers here.'}
  |    ${embedded ? 'await stopDatabase()' : ''}
  |    process.exit()
  |  })
  |}
`).replace(/\n\n\n+/g, '\n\n').replace(/\n *\n( *)process\.exit/g, '\n$1process.exit'),
  }
}
