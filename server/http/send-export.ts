import { Readable } from 'node:stream'
import type { Context } from 'koa'
import type { ExportFormat } from '../audit/export.ts'
import type { Scope } from '../operations/scope.ts'
import { describeFailure } from '../describe-failure.ts'

const types: Record<ExportFormat, string> = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' }

/** Streams with back pressure. A failure half way breaks the connection, so that a cut file cannot pass for a whole one. */
export function sendExport(ctx: Context, lines: AsyncIterable<string>, format: ExportFormat, { kit, requestId, now }: Scope): void {
  const name = `audit-events-${now.toISOString().slice(0, 19).replaceAll(':', '')}.${format}`
  ctx.set('content-disposition', `attachment; filename="${name}"`)
  ctx.type = types[format]
  const stream = Readable.from(lines)
  stream.on('error', (error) => {
    kit.log.error('an export broke off', { requestId, ...describeFailure(error) })
    ctx.res.destroy()
  })
  ctx.body = stream
}
