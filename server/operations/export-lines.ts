/** Files of many lines. */
export type ExportFormat = 'csv' | 'ndjson'

/** The media type of every format of a file. */
export const fileTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  json: 'application/json; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
} as const
export type FileFormat = keyof typeof fileTypes

export function ndjsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

export function csvLine(cells: unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * Prefixes text that a spreadsheet would run as a formula, in half-width and full-width characters, so that opening an export
 * runs nothing. Spreadsheets ignore leading blanks, and those that separate cells by semicolons or tabs start a cell after each.
 */
function csvCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = text.replace(/^(?=[\t\r\n]|\s*[=+\-@＝＋－＠])|(?<=[;\t\r\n])(?=[^\S\r\n\t]*[=+\-@＝＋－＠])/g, "'")
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
