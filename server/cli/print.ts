import type { ExportFormat } from '../operations/export-lines.ts'

/** A command's output, on standard output, without control characters that a terminal would interpret. */
export function print(text: string): void {
  process.stdout.write(`${visible(text)}\n`)
}

/** Messages besides the output, on standard error, to keep pipes clean. */
export function note(text: string): void {
  process.stderr.write(`${visible(text)}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${escapeJson(JSON.stringify(value, null, 2))}\n`)
}

/** Lines of an export. Waits for a slow reader, so that a long export does not accumulate in memory. */
export function printExport(lines: string, format: ExportFormat): Promise<void> {
  const text = format === 'ndjson' ? escapeJson(lines) : lines.replace(/\r\n|[^\r]+|\r/g, (part) => (part === '\r\n' ? part : visible(part)))
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
}

/** Escapes control characters. In JSON they occur only in strings, where an escape means the same. */
function escapeJson(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Columns as wide as their widest cell. */
export function printTable(head: string[], rows: string[][]): void {
  const lines = [head, ...rows.map((row) => row.map(cell))]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines) print(line.map((text, column) => text.padEnd(widths[column]!)).join('  ').trimEnd())
}

const maxCellLength = 80

/** One line, without control characters. */
export function cell(text: string): string {
  const plain = visible(text).replace(/\s+/g, ' ')
  return plain.length > maxCellLength ? `${plain.slice(0, maxCellLength - 1)}…` : plain
}

/** Replaces control characters: in stored text they could move the cursor or rewrite the screen. */
export function visible(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�')
}

/** To the second; `--json` has the full precision. */
export function shortTime(iso: string | undefined): string {
  return iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z` : '-'
}
