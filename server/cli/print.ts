import type { ExportFormat } from '../operations/export-lines.ts'

/** What a command answers, on standard output, without anything that a terminal would obey. */
export function print(text: string): void {
  process.stdout.write(`${visible(text)}\n`)
}

/** What is said beside the answer, on standard error, so that a pipe stays clean. */
export function note(text: string): void {
  process.stderr.write(`${visible(text)}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${escapeJson(JSON.stringify(value, null, 2))}\n`)
}

/** Lines of an export. Waits for a slow reader, so that a long one does not pile up in memory. */
export function printExport(lines: string, format: ExportFormat): Promise<void> {
  const text = format === 'ndjson' ? escapeJson(lines) : lines.replace(/\r\n|[^\r]+|\r/g, (part) => (part === '\r\n' ? part : visible(part)))
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
}

/** The same JSON. What a terminal would obey stands in strings only, where an escape means the same. */
function escapeJson(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Columns as wide as their widest cell. */
export function printTable(head: string[], rows: string[][]): void {
  const lines = [head, ...rows.map((row) => row.map(cell))]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines) print(line.map((text, column) => text.padEnd(widths[column]!)).join('  ').trimEnd())
}

const longest = 80

/** One line, without anything that a terminal would obey. */
export function cell(text: string): string {
  const plain = visible(text).replace(/\s+/g, ' ')
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain
}

/** Control characters in stored text could move the cursor or change what is on the screen. */
export function visible(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�')
}

/** To the second; the rest is in `--json`. */
export function shortTime(iso: string | undefined): string {
  return iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z` : '-'
}
