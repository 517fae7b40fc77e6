import { createHash } from 'node:crypto'
import type { OpsError } from '../error.ts'
import type { MountedBridge } from '../kit.ts'
import { escapeHtml, plainPage } from './pages.ts'

/** Fixed to the top; what is fixed inside the dashboard moves down with the page. */
const style = `
:host{all:initial;display:block;position:sticky;top:0;z-index:2147483000;color-scheme:light dark}
div{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;padding:6px 14px;font:13px/1.5 ui-sans-serif,system-ui,'Segoe UI',Arial,sans-serif;
background:light-dark(#efebfb,#221b3a);color:light-dark(#151a21,#e8ecf1);border-bottom:1px solid light-dark(#5b3fae,#b8a3ff)}
strong{color:light-dark(#5b3fae,#b8a3ff)}
a{color:light-dark(#2b5fd9,#7aa2ff);margin-inline-start:auto}
a:focus-visible{outline:2px solid currentColor;outline-offset:2px}
`

/** A dashboard that draws its page anew may drop what it does not know; the strip comes back. */
const keep = `{const strip=document.currentScript.parentNode;new MutationObserver(()=>{const b=document.body;if(b&&b.firstElementChild!==strip)b.prepend(strip)}).observe(document,{childList:true,subtree:true})}`

/**
 * Puts the strip first on a page. Its styles live in a shadow root, out of reach of the dashboard's, and its tag is one that the
 * dashboard's own script does not look for when it takes over the page.
 */
export function addStrip(html: string, { label }: Pick<MountedBridge, 'label'>, base: string): string {
  const strip =
    `<ops-bridge-strip role="region" aria-label="${escapeHtml(label)}"><template shadowrootmode="open"><style>${style}</style>` +
    `<div><strong>Inspection only</strong><span>${escapeHtml(label)}. Nothing can be changed here.</span>` +
    `<a href="${escapeHtml(base)}" target="_top">Back to jobs</a></div></template><script>${keep}</script></ops-bridge-strip>`
  const body = /<body[^>]*>/i.exec(html.slice(headEnd(html)))
  const at = body ? headEnd(html) + body.index + body[0].length : 0
  return html.slice(0, at) + strip + html.slice(at)
}

function headEnd(html: string): number {
  return Math.max(0, html.search(/<\/head>/i))
}

/** Scripts of the page as it is sent, by hash, and no others; nothing from another site. */
export function bridgePolicy({ contentSecurityPolicy }: Pick<MountedBridge, 'contentSecurityPolicy'>, html: string): string {
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': ["'self'", ...inlineScripts(html).map(hashSource)].join(' '),
    'style-src': `'self' ${hashSource(style)}`,
    'img-src': "'self'",
    'font-src': "'self'",
    'connect-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'self'",
    ...contentSecurityPolicy,
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')
}

function inlineScripts(html: string): string[] {
  const scripts = html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)
  return [...scripts].filter(([, attributes]) => !/\ssrc\s*=/i.test(attributes!)).map(([, , text]) => text!.replace(/\r\n?/g, '\n'))
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

export function refusalPage({ message, status }: OpsError): string {
  return plainPage(status === 404 ? 'Not found' : 'Not shown here', escapeHtml(message))
}
