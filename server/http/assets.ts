import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context, Middleware } from 'koa'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { missingPackage, packageFolder } from '../package-folder.ts'
import { answerProblem } from './errors.ts'
import { requestIdOf } from './scope.ts'

const types: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.map': 'application/json', '.md': 'text/plain; charset=utf-8' }

interface Asset {
  type: string
  body: Buffer
  zipped: Buffer
  etag: string
}

/** The folder of the built elements, unless the host bundled the server without it, or this repository is not built. */
export function browserFolder(): URL | undefined {
  const folder = packageFolder && new URL('dist/browser/', packageFolder)
  return folder && existsSync(folder) ? folder : undefined
}

/** Serves the built elements at `<mount>/assets/`. Only files that exist at the first request are ever served. */
export function assetsMiddleware(kit: Kit): Middleware {
  const prefix = `${kit.mount}/assets/`
  let assets: Promise<Map<string, Asset>> | undefined
  return async (ctx, next) => {
    if (!ctx.path.startsWith(prefix)) return next()
    const name = ctx.path.slice(prefix.length)
    const asset = (await (assets ??= loadAssets())).get(name)
    if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return refuse(ctx, kit, asset !== undefined)
    ctx.set({
      'content-type': asset.type,
      // Chunk names contain a hash; entry names are stable, so browsers must revalidate them.
      'cache-control': /(^|\/)chunk-/.test(name) ? 'public, max-age=31536000, immutable' : 'public, no-cache',
      etag: asset.etag,
      'x-content-type-options': 'nosniff',
    })
    ctx.vary('accept-encoding')
    ctx.status = 200
    if (ctx.fresh) {
      ctx.status = 304
      return
    }
    const zipped = ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
    if (zipped) ctx.set('content-encoding', 'gzip')
    ctx.body = zipped ? asset.zipped : asset.body
  }
}

function refuse(ctx: Context, { log }: Kit, exists: boolean): void {
  const requestId = requestIdOf(ctx)
  ctx.set({ 'x-request-id': requestId, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  if (exists) ctx.set('allow', 'GET, HEAD')
  const error = exists
    ? new OpsError('method_not_allowed', `Files do not accept ${ctx.method}; expected GET.`)
    : new OpsError('not_found', packageFolder ? 'There is no such file; the elements are those that docs/elements.md lists.' : missingPackage)
  answerProblem(ctx, error, requestId, log)
}

async function loadAssets(): Promise<Map<string, Asset>> {
  const folder = browserFolder()
  const names = folder ? await readdir(folder, { recursive: true }) : []
  const served = names.filter((name) => types[extname(name)])
  const read = async (name: string): Promise<[string, Asset]> => {
    const body = await readFile(new URL(name, folder))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    return [name.replaceAll('\\', '/'), { body, zipped: await promisify(gzip)(body), type: types[extname(name)]!, etag }]
  }
  return new Map([...(await Promise.all(served.map(read))), ['page.css', await pageStyle()] as const])
}

/** Minimal styles for the page around the shell, and for plain pages. */
async function pageStyle(): Promise<Asset> {
  const body = Buffer.from('html,body{margin:0;min-height:100%}body{background:Canvas}:root{color-scheme:light dark}ops-shell:not(:defined){display:block;min-height:100vh}.plain{max-width:36rem;margin:12vh auto;padding:0 1.5rem;font:15px/1.5 ui-sans-serif,system-ui,sans-serif;overflow-wrap:anywhere}.plain h1{margin:0;font-size:20px}')
  return { body, zipped: await promisify(gzip)(body), type: types['.css']!, etag: '"page-2"' }
}
