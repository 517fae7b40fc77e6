import type { Session } from '../../schemas/actor.ts'

/** Pages whose path differs from the name of their view. */
const others: Record<string, string> = { '': 'overview', list: 'jobs', job: 'jobs', incident: 'incidents' }

/** Whether a link leads to a page that this actor may see. True for links outside this product. */
export function mayOpen(session: Session | undefined, base: string, href: string): boolean {
  if (!session || !href.startsWith(base)) return true
  const [first = ''] = href.slice(base.length + 1).split(/[/?#]/, 1)
  return session.permissions[`view_${others[first] ?? first}`]?.allowed ?? true
}
