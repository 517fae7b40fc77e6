import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Middleware } from 'koa'

const folder = join(import.meta.dirname, 'public')
const types: Record<string, string> = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

/** The shop's own style sheet, icon and scripts, read once. */
export function staticFiles(): Middleware {
  const files = new Map(readdirSync(folder).map((name) => [`/shop/${name}`, readFileSync(join(folder, name))]))
  return async function staticFiles(context, next) {
    const file = files.get(context.path)
    if (!file || !['GET', 'HEAD'].includes(context.method)) return next()
    context.type = types[extname(context.path)] ?? 'application/octet-stream'
    context.set('cache-control', 'no-cache')
    context.set('x-content-type-options', 'nosniff')
    context.body = file
  }
}
