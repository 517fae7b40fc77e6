import { type PageName, pages } from './links.ts'

/** The address of a page below the base, e.g. `/job/4711`. Empty values are left out. */
export function pathTo(page: PageName, params: Record<string, string | undefined> = {}): string {
  const [first, facts] = Object.entries(pages).find(([, each]) => each.startsWith(`${page} `))!
  const names = facts.split(' ').slice(2)
  const parts = names.flatMap((name) => (params[name] ? [encodeURIComponent(params[name])] : []))
  const query = Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]) && !names.includes(pair[0]))
  const text = new URLSearchParams(query).toString()
  return `/${[first, ...parts].join('/')}${text && `?${text}`}`
}
