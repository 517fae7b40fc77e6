import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { createDashboardHandler } from '@pg-boss/dashboard/handler'

/** pg-boss's own dashboard in a process of its own, on the same database. */
const { DATABASE_URL: url = '' } = process.env

process.env.PGBOSS_DASHBOARD_READ_ONLY = '1'
const dashboard = createDashboardHandler({ databases: [{ url, name: 'pg-boss', schema: 'pgboss' }], basePath: '/dashboard' })
const server = createServer(async (request, response) => {
  const answer = await dashboard(new Request(new URL(request.url ?? '/', 'http://127.0.0.1'), { headers: { accept: 'text/html' } }))
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body) Readable.fromWeb(answer.body as never).pipe(response)
  else response.end()
})
server.listen(0, '127.0.0.1', () => process.send?.({ dashboard: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard` }))
process.on('SIGTERM', () => process.exit(0))
