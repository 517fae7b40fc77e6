import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Gzip sizes of the browser build: one element with everything it starts with, all of them together, and together with what comes later: dialogs, menus, details. Run after `vite build`. */
const folder = process.argv[2] ?? 'dist/browser'

/** The aims: what an element may weigh at its start with everything it needs, Lit included. What comes later has none. */
const limits: Record<string, number> = { 'ops-overview.js': 20_000, 'every element': 110_000 }
const pageLimit = 30_000

const staticImport = /(?:from|import)\s*["'`]\.\/([^"'`]+)["'`]/g
const anyImport = /(?:from|import)\s*\(?["'`]\.\/([^"'`]+)["'`]/g

const entries = readdirSync(folder).filter((file) => /^ops-.*\.js$/.test(file))
const sizes: [string, number][] = [
  ...entries.map((file): [string, number] => [file, weight([file])]),
  ['every element', weight([...entries, 'index.js'])],
  ['with what is later', weight([...entries, 'index.js'], true)],
]

for (const [name, bytes] of sizes) {
  const limit = limits[name] ?? (name.endsWith('.js') ? pageLimit : undefined)
  const verdict = limit === undefined ? '' : bytes <= limit ? `within ${kilo(limit)}` : `over ${kilo(limit)}`
  console.log(`${name.padEnd(20)} ${kilo(bytes).padStart(9)}  ${verdict}`.trimEnd())
  if (limit !== undefined && bytes > limit) process.exitCode = 1
}

/** Each file counts once, compressed by itself as it travels. */
function weight(files: string[], later = false): number {
  return [...reached(files, later)].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0)
}

/** Statically imported files, unless told otherwise: what is loaded later is not part of an element's start. */
function reached(files: string[], later: boolean, known = new Set<string>()): Set<string> {
  for (const file of files) {
    if (known.has(file)) continue
    known.add(file)
    const source = readFileSync(join(folder, file), 'utf8')
    const imports = [...source.matchAll(later ? anyImport : staticImport)].map(([, name]) => name!)
    reached(imports, later, known)
  }
  return known
}

function kilo(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
