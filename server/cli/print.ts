/** What a command answers, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What is said beside the answer, on standard error, so that a pipe stays clean. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
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
