/** A file that `init` writes into a host. */
export interface Starter {
  file: string
  what: string
  text: string
  /** What a file of that name must contain, shown if it already exists. */
  add: string
}

const mountLines = `const ops = await createOps(await options())
await ops.migrate()
await ops.start()`

export const starters: Starter[] = [
  {
    file: 'ops.config.ts',
    what: 'the options, with an auth that denies everything until you replace it',
    text: options(),
    add: `export default {
  database: { url },
  auth: { currentActor, authorize, auditPrincipal },
  displayPolicy: { display: () => undefined },
  engine: pgBoss(boss),
}`,
  },
  { file: 'ops.koa.ts', what: 'an example of a Koa app that mounts it', text: koa(), add: `${mountLines}\napp.use(ops.middleware())` },
  { file: 'ops.node.ts', what: 'the same for a plain Node server', text: node(), add: `${mountLines}\ncreateServer(ops.handler)` },
]

function options(): string {
  return text(`
  |import { PgBoss } from 'pg-boss'
  |import { defineOptions, denyEverything } from 'ops-powertools'
  |import { pgBoss } from 'ops-powertools/engines/pg-boss'
  |
  |const url = process.env.DATABASE_URL ?? 'postgres://localhost:5432/app'
  |
  |/** The job engine this host runs. The server also starts workers; the command line only needs it started. */
  |export const boss = new PgBoss({ connectionString: url })
  |boss.on('error', (error) => console.error(error))
  |
  |/** Everything this host decides about its operations layer; its server and the command line both read it. */
  |export default async function options() {
  |  await boss.start()
  |  return defineOptions({
  |    database: { url },
  |
  |    // No one is signed in and nothing is allowed until you replace this, for example with:
  |    // auth: {
  |    //   currentActor: (request) => yourSession(request),
  |    //   authorize: (actor, action, resource) => yourRules(actor, action, resource),
  |    //   auditPrincipal: (actor) => ({ id: actor.id, type: 'user', label: actor.name }),
  |    //   signInUrl: (returnTo) => '/sign-in?return-to=' + encodeURIComponent(returnTo),
  |    //   commandLineActor: (env) => yourUser(env.OPS_USER),
  |    // },
  |    auth: denyEverything,
  |
  |    // Called with (kind, value, context). Return a replacement, or undefined for the default: values under keys that look
  |    // secret are hidden.
  |    displayPolicy: { display: () => undefined },
  |
  |    engine: pgBoss(boss),
  |
  |    // Entries declared here are stored at start; an operator's pause survives deploys.
  |    cron: [],
  |  })
  |}
`)
}

function koa(): string {
  return text(`
  |import Koa from 'koa'
  |import { createOps } from 'ops-powertools'
  |import options from './ops.config.ts'
  |
  |const ops = await createOps(await options())
  |await ops.migrate()
  |await ops.start()
  |
  |const app = new Koa()
  |app.use(ops.middleware())
  |const server = app.listen(Number(process.env.PORT ?? 3000))
  |
  |process.once('SIGTERM', () => {
  |  server.close()
  |  void ops.stop().then(() => process.exit())
  |})
`)
}

function node(): string {
  return text(`
  |import { createServer } from 'node:http'
  |import { createOps } from 'ops-powertools'
  |import options from './ops.config.ts'
  |
  |const ops = await createOps(await options())
  |await ops.migrate()
  |await ops.start()
  |
  |const server = createServer((request, response) => {
  |  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  |  if (pathname === ops.base || pathname.startsWith(ops.base + '/')) return ops.handler(request, response)
  |  response.writeHead(404).end()
  |}).listen(Number(process.env.PORT ?? 3000))
  |
  |process.once('SIGTERM', () => {
  |  server.close()
  |  void ops.stop().then(() => process.exit())
  |})
`)
}

/** The text behind the bars. The bars keep tools from mistaking these templates for our own code. */
function text(barred: string): string {
  return `${barred.trim().replace(/^ *\|/gm, '')}\n`
}
