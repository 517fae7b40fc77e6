type Rewrite = (address: string) => string | undefined

/**
 * Turns a rendered page into a static one: without scripts, automatic refresh and socket tokens, and with URLs
 * rewritten to where the page is now. Links that leave Oban Web but stay on its site are disabled.
 */
export function toStaticPage(html: string, rewrite: Rewrite): string {
  return withoutScripts(html)
    .replaceAll(/<(?:base|meta)\b[^>]*>/gi, (tag) => (/^<base|http-equiv|csrf|live-/i.test(tag) ? '' : tag))
    .replaceAll(/<[a-z][^<>]*>/gi, (tag) => tag.replaceAll(attribute, (...match: string[]) => showAttribute(match, rewrite)))
}

/** Repeats until none is left, because removing one may form another. */
function withoutScripts(html: string): string {
  const without = html.replaceAll(/<script\b[\s\S]*?(<\/script\s*>|$)/gi, '')
  return without === html ? html : withoutScripts(without)
}

/** Consumes attributes in order, so that text inside a quoted value is not mistaken for an attribute. */
const attribute = /\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

const addresses = new Set(['href', 'src', 'action', 'formaction', 'poster', 'xlink:href'])
const dropped = new Set(['data-phx-session', 'data-phx-static', 'srcset', 'ping'])

function showAttribute([whole, attributeName, ...values]: string[], rewrite: Rewrite): string {
  const name = attributeName!.toLowerCase()
  if (dropped.has(name)) return ''
  if (!addresses.has(name)) return whole!
  const written = values.slice(0, 3).find((value) => value !== undefined) ?? ''
  return ` ${name}="${readdress(written, rewrite).replaceAll('"', '&quot;')}"`
}

function readdress(written: string, rewrite: Rewrite): string {
  if (/^(#|data:image\/)/i.test(written)) return written
  const address = written.replaceAll('&amp;', '&')
  const local = rewrite(address)
  if (local !== undefined) return local.replaceAll('&', '&amp;')
  return /^https?:\/\//i.test(address) ? written : '#'
}
