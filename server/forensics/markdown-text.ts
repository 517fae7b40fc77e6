/**
 * Text of anybody as one line of Markdown in which nothing is markup: punctuation is escaped, what is not printed is left out, and
 * line breaks and runs of blanks become one blank, so that the text cannot begin a block of its own. Only punctuation that never
 * begins anything stays as it is, and so do dots, dashes and colons inside a word, e.g. of a time, that is not an address.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[!#-&(-+.:<-@[-`{-~-]/g, (found, place: number, all: string) => (isInsideWord(found, place, all) ? found : `\\${found}`))
}

function isInsideWord(found: string, place: number, all: string): boolean {
  const [before, after] = [all.slice(0, place), all.slice(place + 1)]
  return /[.:-]/.test(found) && /[\da-z]$/i.test(before) && /^[\da-z]/i.test(after) && !/www$/i.test(before)
}

/** What `escapeMarkdown` leaves of a text before it escapes. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/\p{Cf}/gu, '').replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** A text of several lines as a code block. Each line is indented, so that no line of it can end the block. */
export function codeBlock(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cf}/gu, '')
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => `    ${line.replace(/\p{Cc}/gu, ' ')}`)
    .join('\n')
}

/** An id or another short value in a code span, with more backticks around it than it has. */
export function codeSpan(text: string): string {
  const line = oneLine(text)
  if (!line) return '(empty)'
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${line} ${fence}`
}
