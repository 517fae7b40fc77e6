import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTokens, tableIn, tokenTable } from '../scripts/token-table.ts'
import { operationActions, problemCodes, problemValues, routes } from '../schemas/index.ts'
import { bullmq } from '../server/engines/bullmq/index.ts'
import { graphileWorker } from '../server/engines/graphile-worker/index.ts'
import { oban } from '../server/engines/oban/index.ts'
import { pgBoss } from '../server/engines/pg-boss/index.ts'

const root = join(import.meta.dirname, '..')
const guidesIn = (folder: string) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`)
const guides = ['README.md', ...guidesIn('docs'), ...guidesIn('docs/hosts')]
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

/** Examples in fences may show addresses of somebody else's. */
const withoutCode = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '')

/** As a page of a repository makes them from headings: lower case, no punctuation, dashes for spaces, numbered when repeated. */
function anchorsOf(path: string): Set<string> {
  const seen = new Map<string, number>()
  const headings = [...withoutCode(textOf(path)).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'),
  )
  return new Set(
    headings.map((anchor) => {
      const before = seen.get(anchor) ?? 0
      seen.set(anchor, before + 1)
      return before ? `${anchor}-${before}` : anchor
    }),
  )
}

const linksOf = (path: string) =>
  [...withoutCode(textOf(path)).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(([, link, picture]) => link ?? picture!)

describe('the guides', () => {
  test.each(guides)('%s links only to what is there', (path) => {
    const broken = linksOf(path).filter((link) => {
      if (/^https?:/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const target = file ? relative(root, resolve(root, dirname(path), file)) : path
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).has(anchor))
    })
    expect(broken).toEqual([])
  })

  test('the table of custom properties is that of the tokens; `node scripts/token-table.ts` writes it', () => {
    const source = textOf('components/theme/tokens.ts')
    expect(readTokens(source).length).toBe([...source.matchAll(/^ *--_/gm)].length)
    expect(tableIn.exec(textOf('docs/elements.md'))?.[0]).toBe(`${tokenTable(source)}\n`)
  })

  test('each is named in the README', () => {
    const linked = linksOf('README.md').map((link) => link.split('#')[0])
    const hosts = linksOf('docs/hosts/README.md').map((link) => `docs/hosts/${link.split('#')[0]}`)
    expect(guides.filter((path) => path !== 'README.md' && ![...linked, ...hosts].includes(path))).toEqual([])
  })

  test('the API guide names every endpoint, with its client method or why there is none', () => {
    const rows = textOf('docs/api.md').split('\n').filter((line) => line.startsWith('| `'))
    const streams = ['exportAuditEvents', 'exportJobs', 'exportBulkItems', 'exportForensics', 'streamLive', 'getMetrics']
    const missing = Object.entries(routes).filter(([name, route]) => {
      const said = streams.includes(name) ? 'no method, a stream' : `\`${name}\``
      return !rows.some((row) => row.startsWith(`| \`${route}\` | ${said} |`))
    })
    expect(missing).toEqual([])
  })

  test('the API guide names every operation and every problem code with its status', () => {
    const rows = textOf('docs/api.md').split('\n').filter((line) => line.startsWith('| `'))
    expect(Object.keys(operationActions).filter((action) => !rows.some((row) => row.startsWith(`| \`${action}\` |`)))).toEqual([])
    const unsaid = Object.entries(problemCodes).filter(([code, [status]]) => !rows.some((row) => row.includes(`\`${code}\``) && row.includes(`| ${status} |`)))
    expect(unsaid).toEqual([])
  })

  test('the guide to the API names the values of each problem that has any', () => {
    const rows = textOf('docs/api.md').split('\n').filter((line) => line.startsWith('| `'))
    const unsaid = Object.entries(problemValues).filter(([code, names]) => !rows.some((row) => row.startsWith(`| \`${code}\` |`) && names.every((name) => row.includes(`\`${name}\``))))
    expect(unsaid).toEqual([])
  })

  /** What an adapter lacks is plain data; nothing is asked of what it would work on. */
  const engines = [
    ['pg-boss', pgBoss({} as never)],
    ['Oban', oban({ pool: {} as never })],
    ['graphile-worker', graphileWorker({ pool: {} as never })],
    ['BullMQ', bullmq({ queues: [] })],
  ] as const

  test.each(engines)('the guide to engines has what %s lacks, in its own words and nothing else', (name, { lacks }) => {
    const said = textOf('docs/engines.md')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, features, engine]) => features?.startsWith('`') && engine?.split(',')[0] === name)
      .flatMap(([, features, , sentence]) => features!.split(' ').map((feature) => [feature.replaceAll('`', ''), sentence!]))
    expect(Object.fromEntries(said)).toEqual(lacks)
  })
})
