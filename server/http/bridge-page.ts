import { createHash } from 'node:crypto'
import type { OpsError } from '../error.ts'
import type { MountedBridge } from '../kit.ts'
import { escapeHtml } from './pages.ts'

const font = `ui-sans-serif,system-ui,'Segoe UI','Helvetica Neue',Arial,sans-serif`

const stripStyle = `
:host{all:initial;display:block;position:sticky;top:0;z-index:2147483000;color-scheme:light dark}
div{box-sizing:border-box;height:34px;display:flex;gap:12px;align-items:center;padding:0 14px;white-space:nowrap;font:13px/1.4 ${font};
background:light-dark(#efebfb,#221b3a);color:light-dark(#151a21,#e8ecf1);border-bottom:1px solid light-dark(#5b3fae,#b8a3ff)}
strong{color:light-dark(#5b3fae,#b8a3ff)}
span{overflow:hidden;text-overflow:ellipsis}
a{color:light-dark(#2450b8,#7aa2ff);margin-inline-start:auto}
a:focus-visible{outline:2px solid currentColor;outline-offset:2px}
`

const refusalStyle = `:root{color-scheme:light dark}body{margin:0;font:14px/1.5 ${font};background:light-dark(#f6f7f9,#0f1318);color:light-dark(#151a21,#e8ecf1)}
main{max-width:60ch;padding:24px 14px}h1{font-size:18px;margin:0 0 8px}a{color:light-dark(#2450b8,#7aa2ff)}`

/** A dashboard that re-renders its page may remove the strip; this script puts it back. */
const keep = `{const strip=document.currentScript.parentNode;new MutationObserver(()=>{const b=document.body;if(b&&b.firstElementChild!==strip)b.prepend(strip)}).observe(document,{childList:true,subtree:true})}`

/**
 * Inserts the strip, 34 px high, at the top of a page. Its styles are in a shadow root, out of reach of the dashboard's, and its tag
 * is one that the dashboard's own script ignores when it hydrates the page.
 */
export function addStrip(html: string, { label, style }: Pick<MountedBridge, 'label' | 'style'>, base: string): string {
  const strip =
    `<ops-bridge-strip role="region" aria-label="${escapeHtml(label)}"><template shadowrootmode="open"><style>${stripStyle}</style>` +
    `<div><strong>Inspection only</strong><span>${escapeHtml(label)}. Nothing can be changed here.</span>` +
    `<a href="${escapeHtml(base)}" target="_top">Back to jobs</a></div></template>` +
    `<style>${style ?? ''}</style><script>${keep}</script></ops-bridge-strip>`
  const afterHead = Math.max(0, html.search(/<\/head>/i))
  const body = /<body[^>]*>/i.exec(html.slice(afterHead))
  const at = body ? afterHead + body.index + body[0].length : 0
  return html.slice(0, at) + strip + html.slice(at)
}

/** Allows only the page's own inline scripts and styles, by hash, and files from this site. */
export function bridgePolicy({ contentSecurityPolicy }: Pick<MountedBridge, 'contentSecurityPolicy'>, html: string): string {
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': ["'self'", ...inlineHashes(html, 'script')].join(' '),
    'style-src': ["'self'", ...inlineHashes(html, 'style')].join(' '),
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

function inlineHashes(html: string, tag: 'script' | 'style'): string[] {
  const found = html.matchAll(new RegExp(`<${tag}\\b([^>]*)>([\\s\\S]*?)</${tag}>`, 'gi'))
  const inline = [...found].filter(([, attributes]) => !/\ssrc\s*=/i.test(attributes!))
  return [...new Set(inline.map(([, , text]) => hashSource(text!.replace(/\r\n?/g, '\n'))))]
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Explains why a dashboard page is not shown, and links to its start page. */
export function refusalPage({ message, status }: OpsError, { label, href }: Pick<MountedBridge, 'label' | 'href'>): string {
  const title = status === 404 ? 'Not found' : 'Not shown here'
  const wayOn = status === 404 || status === 403 ? `<p><a href="${escapeHtml(href)}">Start of the ${escapeHtml(label)}</a></p>` : ''
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${refusalStyle}</style></head>
<body><main><h1>${title}</h1><p>${escapeHtml(message)}</p>${wayOn}</main></body>
</html>
`
}
