import { pageOf } from '../host/auth.ts'
import type { Context, Middleware } from 'koa'
import { type ViewAction, viewActions } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { belowBase } from '../host/place.ts'
import { isRightToLeft, languages } from '../host/language.ts'
import type { Kit } from '../kit.ts'
import { missingPackage, packageFolder } from '../package-folder.ts'
import { asOpsError, answerProblem } from './errors.ts'
import { staticImportsOf } from './preloads.ts'
import { openScope, requestIdOf } from './scope.ts'

/** No inline scripts or styles: the elements use constructed style sheets. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

/** Isolates our pages from other windows and sites. */
export const pageHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const pages = (Object.keys(viewActions) as ViewAction[]).flatMap((view) => viewActions[view].paths.map((path) => ({ view, pattern: patternOf(path) })))

/** The last parameter of a path may contain slashes. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}$/, '.+').replace(/\{\w+\}/g, '[^/]+')}$`)
}

/** Inline, so that browsers do not request the host's `/favicon.ico`. */
const icon = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><rect width="18" height="18" rx="4" fill="#2b5fd9"/><path d="M3.5 9.5H6L7.7 5l2.2 8 1.5-3.5h3.1" fill="none" stroke="#fff" stroke-width="1.6" stroke-linejoin="round"/></svg>',
)}">`

/** Serves the shell on every page path below the base. Its data comes from the API, which checks permissions again. */
export function pagesMiddleware(kit: Kit): Middleware {
  let imports: Promise<string[]> | undefined
  const shell = async (language: string) => shellPage(kit.base, await (imports ??= staticImportsOf('ops-shell.js')), language)
  return async (ctx, next) => {
    if (belowBase(ctx.path, kit.mount) === undefined) return next()
    const requestId = requestIdOf(ctx)
    ctx.set({ 'x-request-id': requestId, ...pageHeaders, 'content-security-policy': contentSecurityPolicy })
    try {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
        ctx.set('allow', 'GET, HEAD')
        throw new OpsError('method_not_allowed', `Pages do not accept ${ctx.method}; expected GET.`)
      }
      await answerPage(kit, ctx, shell)
    } catch (error) {
      answerProblem(ctx, error, requestId, kit.log)
      if (ctx.accepts('html') && asOpsError(error).status >= 500) answerOutage(kit, ctx, asOpsError(error), requestId)
    }
  }
}

async function answerPage(kit: Kit, ctx: Context, shell: (language: string) => Promise<string>): Promise<void> {
  if (!packageFolder) throw new OpsError('internal', missingPackage)
  const scope = await openScope(kit, ctx)
  if (!scope) return answerNotSignedIn(kit, ctx)
  const path = ctx.path.slice(kit.mount.length).replace(/^\/$/, '')
  const view = pages.find(({ pattern }) => pattern.test(path))?.view
  const allowed = view ? (await scope.viewer.can(view, pageOf(view))).allowed : true
  ctx.type = 'html'
  ctx.body = await shell(languageOf(kit, ctx))
  ctx.status = !view ? 404 : allowed ? 200 : 403
}

function languageOf({ language }: Kit, ctx: Context): string {
  if (language !== 'reader') return language
  ctx.vary('Accept-Language')
  return ctx.acceptsLanguages(...languages) || 'en'
}

function answerNotSignedIn(kit: Kit, ctx: Context): void {
  const { auth, base } = kit
  if (auth.signInUrl) return ctx.redirect(auth.signInUrl(returnPathOf(kit, ctx)))
  ctx.status = 401
  ctx.type = 'html'
  ctx.body = plainPage(base, 'Sign in first', `You are not signed in. Sign in to this site, then open <code>${escapeHtml(base)}</code> again.`)
}

/** Where to return after signing in: always a path on this site as browsers know it, whatever URL the request line contained. */
export function returnPathOf({ base, mount }: Kit, ctx: Context): string {
  const url = URL.parse(base + ctx.path.slice(mount.length) + ctx.search, 'http://localhost')
  // Dot segments may leave a path that begins with two slashes, which a browser takes for another host.
  return url ? `/${url.pathname.replace(/^[/\\]+/, '')}${url.search}` : base
}

/** Reloads itself, so that a page left open recovers after the outage. */
function answerOutage({ base }: Kit, ctx: Context, error: OpsError, requestId: string): void {
  ctx.status = error.status
  ctx.set('retry-after', '10')
  ctx.type = 'html'
  const body = `${escapeHtml(error.message)} This page reloads every ten seconds.</p><p>Request <code>${escapeHtml(requestId)}</code>`
  ctx.body = plainPage(base, 'Not available', body, '<meta http-equiv="refresh" content="10">')
}

/** A page that says one thing. */
export function answerPlainPage(ctx: Context, { base }: Kit, title: string, { message, status }: OpsError): void {
  ctx.set('content-security-policy', contentSecurityPolicy)
  ctx.type = 'html'
  ctx.body = plainPage(base, title, escapeHtml(message))
  ctx.status = status
}

function shellPage(base: string, imports: string[], language: string): string {
  const at = escapeHtml(base)
  const preloads = imports.map((file) => `<link rel="modulepreload" href="${at}/assets/${file}">`).join('')
  return page(
    'Jobs',
    `<link rel="stylesheet" href="${at}/assets/page.css"><script type="module" src="${at}/assets/ops-shell.js"></script>${preloads}`,
    `<ops-shell api="${at}/api/v1" base="${at}"></ops-shell><noscript>These pages need JavaScript; the same operations are in the API and on the command line.</noscript>`,
    language,
  )
}

function plainPage(base: string, title: string, body: string, head = ''): string {
  return page(title, `<link rel="stylesheet" href="${escapeHtml(base)}/assets/page.css">${head}`, `<main class="plain"><h1>${title}</h1><p>${body}</p></main>`)
}

function page(title: string, head: string, body: string, language = 'en'): string {
  return `<!doctype html>
<html lang="${escapeHtml(language)}"${isRightToLeft(language) ? ' dir="rtl"' : ''}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title>${icon}${head}</head>
<body>${body}</body>
</html>
`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
