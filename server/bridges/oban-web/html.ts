type Rewrite = (address: string) => string | undefined

/**
 * A page as it was first rendered, to be looked at: no scripts, no refresh by itself, no tokens of its socket, and addresses
 * that lead where the page now is. What leads out of Oban Web but not to another site leads nowhere.
 */
export function makeStill(html: string, rewrite: Rewrite): string {
  return withoutScripts(html)
    .replaceAll(/<(?:base|meta)\b[^>]*>/gi, (tag) => (/^<base|http-equiv|csrf|live-/i.test(tag) ? '' : tag))
    .replaceAll(/<[a-z][^<>]*>/gi, (tag) => tag.replaceAll(attribute, (...found: string[]) => showAttribute(found, rewrite)))
}

/** Until none is left: taking one out may put another together. */
function withoutScripts(html: string): string {
  const without = html.replaceAll(/<script\b[\s\S]*?(<\/script\s*>|$)/gi, '')
  return without === html ? html : withoutScripts(without)
}

/** One after the other, so that what looks like an attribute inside a quoted value is not taken for one. */
const attribute = /\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

const addresses = new Set(['href', 'src', 'action', 'formaction', 'poster', 'xlink:href'])
const dropped = new Set(['data-phx-session', 'data-phx-static', 'srcset', 'ping'])

function showAttribute([whole, given, ...values]: string[], rewrite: Rewrite): string {
  const name = given!.toLowerCase()
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
