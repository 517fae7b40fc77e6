import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Gzip sizes of the browser build: one element with everything it loads, and all of them. Run after `vite build`. */
const folder = process.argv[2] ?? 'dist/browser'

const limits: Record<string, number> = { 'ops-overview.js': 20_000, 'every element': 70_000 }

const entries = readdirSync(folder).filter((file) => /^ops-.*\.js$/.test(file))
const sizes: [string, number][] = [
  ...entries.map((file): [string, number] => [file, weight([file])]),
  ['every element', weight([...entries, 'index.js'])],
]

for (const [name, bytes] of sizes) {
  const limit = limits[name]
  const verdict = limit === undefined ? '' : bytes <= limit ? `within ${kilo(limit)}` : `over ${kilo(limit)}`
  console.log(`${name.padEnd(20)} ${kilo(bytes).padStart(9)}  ${verdict}`.trimEnd())
  if (limit !== undefined && bytes > limit) process.exitCode = 1
}

/** Each file counts once, compressed by itself as it travels. */
function weight(files: string[]): number {
  return [...reached(files)].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0)
}

/** Statically imported files only: what is loaded later is not part of an element's start. */
function reached(files: string[], known = new Set<string>()): Set<string> {
  for (const file of files) {
    if (known.has(file)) continue
    known.add(file)
    const source = readFileSync(join(folder, file), 'utf8')
    const imports = [...source.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)].map(([, name]) => name!)
    reached(imports, known)
  }
  return known
}

function kilo(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
