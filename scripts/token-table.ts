import { readFileSync, writeFileSync } from 'node:fs'

/**
 * The table of custom properties in docs/elements.md, made from components/theme/tokens.ts; `node scripts/token-table.ts` writes it,
 * and a test compares it.
 */
export interface Token {
  name: string
  /** As in the style sheet, in terms of public names. */
  value: string
  meaning: string
}

const line = /^ *--_([a-z-]+): var\(--ops-\1, (.*)\); \/\* (.+) \*\/$/gm

export function readTokens(source: string): Token[] {
  return [...source.matchAll(line)].map(([, name, value, meaning]) => ({ name: `--ops-${name}`, value: publicly(value!), meaning: meaning! }))
}

/** The value as a host could write it: without our private names and with light and dark apart. */
function publicly(value: string): string {
  return value
    .replaceAll(/var\(--_([a-z-]+)\)/g, '--ops-$1')
    .replace(/^calc\((.*)\)$/, '$1')
    .replace(/^max\(0px, calc\((.*)\)\)$/, '$1')
    .replace(/^light-dark\((.*), (.*)\)$/, '$1, dark $2')
}

export function tokenTable(source: string): string {
  const rows = readTokens(source).map(({ name, value, meaning }) => `| \`${name}\` | ${name === '--ops-font' || name === '--ops-mono' ? 'those of the system' : `\`${value}\``} | ${meaning} |`)
  return ['| property | default | for |', '|---|---|---|', '| `--ops-color-scheme` | that of the page | `light`, `dark` or both, unless `theme` is set |', ...rows].join('\n')
}

export const tableIn = /\| property \| default \| for \|\n(?:\|.*\n)+/

if (import.meta.main) {
  const docs = readFileSync('docs/elements.md', 'utf8')
  writeFileSync('docs/elements.md', docs.replace(tableIn, `${tokenTable(readFileSync('components/theme/tokens.ts', 'utf8'))}\n`))
}
