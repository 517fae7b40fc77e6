import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import { maxHostMs } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { reportMetrics } from '../metrics/report.ts'
import { withTimeout } from '../timeout.ts'
import { getHealthReport, getReadinessReport } from './health.ts'
import { describeApi } from './openapi.ts'

/** Endpoints that need no login. None does expensive work, because anyone can call them repeatedly. */
export function publicAnswers(kit: Kit): Record<'getOpenapi' | 'getHealth' | 'getReadiness' | 'getMetrics', (ctx: Context) => Promise<void>> {
  let document: { text: string; etag: string } | undefined
  return {
    async getOpenapi(ctx) {
      document ??= writeDocument(kit)
      ctx.set({ etag: document.etag, 'cache-control': 'no-cache' })
      ctx.status = 200
      if (ctx.fresh) return void (ctx.status = 304)
      ctx.type = 'application/json'
      ctx.body = document.text
    },
    async getMetrics(ctx) {
      await requireMonitoring(kit, ctx.req)
      ctx.body = await reportMetrics(kit)
      ctx.type = 'text/plain; version=0.0.4; charset=utf-8'
    },
    async getHealth(ctx) {
      ctx.body = getHealthReport(kit)
    },
    async getReadiness(ctx) {
      const readiness = await getReadinessReport(kit)
      ctx.body = readiness
      ctx.status = readiness.ok ? 200 : 503
      if (!readiness.ok) ctx.set('retry-after', '2')
    },
  }
}

/** Metrics are about everything, so no actor's rights apply: the host tells its monitoring from everybody else. */
async function requireMonitoring({ prometheus }: Kit, request: IncomingMessage): Promise<void> {
  if (!prometheus) throw new OpsError('not_found', 'Metrics are not offered here; the host turns them on with the option metrics.prometheus.')
  const decided = Promise.resolve(request).then(prometheus).catch(() => false)
  const allowed = await withTimeout(decided, maxHostMs, () => new OpsError('unavailable', 'The host did not decide in time what is allowed; try again.'))
  if (allowed !== true) throw new OpsError('forbidden', 'The host does not take this request for one of its monitoring.')
}

/** Cached, because it never changes within a process and takes some 100 ms to generate. */
function writeDocument({ base, origin = '', version }: Kit): { text: string; etag: string } {
  const text = JSON.stringify(describeApi(origin + base, version))
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
}
