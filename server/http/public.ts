import { createHash } from 'node:crypto'
import type { Context } from 'koa'
import type { Kit } from '../kit.ts'
import { getHealthReport, getReadinessReport } from './health.ts'
import { describeApi } from './openapi.ts'

/** Endpoints that need no login. None does expensive work, because anyone can call them repeatedly. */
export function publicAnswers(kit: Kit): Record<'getOpenapi' | 'getHealth' | 'getReadiness', (ctx: Context) => Promise<void>> {
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

/** Cached, because it never changes within a process and takes some 30 ms to generate. */
function writeDocument({ base, version }: Kit): { text: string; etag: string } {
  const text = JSON.stringify(describeApi(base, version))
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
}
