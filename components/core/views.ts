import type { Session } from '../../schemas/actor.ts'
import { pageAt } from './links.ts'

/** Whether a link leads to a page that this actor may see. True for links outside this product, and until the session has loaded. */
export function mayOpen(session: Session | undefined, base: string, href: string): boolean {
  const page = session && pageAt(base, href)
  return !page || (session.permissions[page.view]?.allowed ?? true)
}
