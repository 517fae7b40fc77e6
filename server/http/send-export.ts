import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Context } from 'koa'
import { type FileFormat, fileTypes } from '../operations/export-lines.ts'
import type { ExportFile } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import { codeOf, describeFailure } from '../describe-failure.ts'
import { takeOver } from './take-over.ts'

/** Sends the headers of an export without its content. */
export function announceExport(ctx: Context, format: FileFormat): void {
  ctx.status = 200
  ctx.type = fileTypes[format]
  ctx.set('content-disposition', 'attachment')
}

/** Streams with back-pressure. A failure midway breaks the connection, so that a truncated file cannot pass for a complete one. */
export async function sendExport(ctx: Context, { file, lines, searched }: ExportFile, format: FileFormat, scope: Scope): Promise<void> {
  const name = `${file}-${scope.now.toISOString().slice(0, 19).replaceAll(':', '')}.${format === 'markdown' ? 'md' : format}`
  ctx.set('content-disposition', `attachment; filename="${name}"`)
  // A custom engine may use any language here, but header values must be ASCII.
  if (searched !== undefined) ctx.set('x-ops-searched', searched.replace(/[^\x20-\x7e]/g, '?'))
  ctx.type = fileTypes[format]
  takeOver(ctx)
  try {
    await pipeline(Readable.from(lines), ctx.res)
  } catch (error) {
    if (codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE') return
    scope.kit.log.error('an export was cut off', { requestId: scope.requestId, ...describeFailure(error) })
    ctx.res.destroy()
  }
}
