/**
 * Replaces the parts of a message that differ between occurrences of the same error: ids, numbers, times, addresses. All rules
 * are alternatives of one expression, in this order; every repetition in them is bounded, so that its time grows linearly with
 * the length of any message.
 */
const rules: readonly (readonly [name: string, pattern: string])[] = [
  ['email', String.raw`\b[\w.!#$%&'*+=?^{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}`],
  ['url', String.raw`\b(?:wss?|https?|ftp)://[^\s"'<>)\]}]{1,2048}`],
  ['hostname', String.raw`(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|net|org|io|dev|app|cloud|edu|gov|info|biz|me|ai|co|eu|uk|de|fr|us|local|localdomain|internal|lan|test|example|invalid)(?![\w-]|\.\w)`],
  ['ip', String.raw`(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\w:])|::(?:[0-9a-fA-F]{1,4}:){0,6}\d[0-9a-fA-F]{0,3}(?![\w:]))`],
  ['traceparent', String.raw`\b00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\b`],
  ['uuid', String.raw`(?<![0-9a-zA-Z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])`],
  ['sha1', String.raw`\b[0-9a-fA-F]{40}\b`],
  ['md5', String.raw`\b[0-9a-fA-F]{32}\b`],
  ['date', dates()],
  ['duration', String.raw`(?<![\w.-])\d{1,15}(?:\.\d{1,9})?\s?(?:ms|µs|us|ns|s|secs?|seconds?|milliseconds?|mins?|minutes?|h|hrs?|hours?|days?)\b`],
  ['hex', String.raw`\b0[xX][0-9a-fA-F]{1,128}\b|\b(?=[a-f]{0,127}\d)[0-9a-f]{8,128}\b|\b(?=[A-F]{0,127}\d)[0-9A-F]{8,128}\b`],
  ['id', String.raw`\b(?=[0-9A-HJKMNP-TV-Z]{0,25}\d)[0-7][0-9A-HJKMNP-TV-Z]{25}\b|\b[a-z]{1,32}_(?=[A-Za-z]{0,63}\d)[A-Za-z0-9]{8,64}\b|(?<![\w-])(?=[A-Za-z_-]{0,20}\d)(?=[0-9a-z_-]{0,20}[A-Z])(?=[0-9A-Z_-]{0,20}[a-z])[\w-]{21}(?![\w-])`],
  ['key', String.raw`\bKey \([^()\n]{1,200}\)=\([^\n]{0,500}?\)`],
  ['path', String.raw`(?<![\w<>/\\.:-])(?:[A-Za-z]:\\|\\\\)[^\s"'<>|:*?]{1,512}|(?<![\w<>/.-])\.{0,2}/(?:[\w.@+~%-]{1,255}/){1,64}[\w.@+~%-]{0,255}|(?<![\w<>/.-])/[\w.@+~%-]{2,255}(?![\w/])`],
  ['git', String.raw`\b(?=[a-f]{0,6}\d)(?=\d{0,6}[a-f])[0-9a-f]{7}\b`],
  ['float', String.raw`(?<![\w.-])(?:(?<!>)[+-])?\d{1,100}(?:,\d{3}){0,8}\.\d{1,100}(?:[eE][+-]?\d{1,4})?(?![\w.]\w|\w)`],
  ['int', String.raw`(?<![\w.-])(?:(?<!>)[+-])?\d{1,100}(?:,\d{3}){0,8}(?![\w]|\.\w)`],
  ['string', String.raw`(?<==\s?)(?:"[^"\n]{0,1024}"|'[^'\n]{0,1024}')`],
  ['bool', String.raw`(?<==\s?)(?:[Tt]rue|[Ff]alse|TRUE|FALSE)\b`],
]

/** RFC 3339 (also without its time zone), RFC 822 and 850, what JavaScript writes for a date, and a time of day. */
function dates(): string {
  const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
  const weekday = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
  const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
  const time = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?`
  const zone = String.raw`(?:\s?(?:Z|UTC|GMT|[A-Z]{3,4}\b)?(?:\s?[+-]\d{2}:?\d{2})?)`
  const forms = [
    String.raw`\b\d{4}-\d{2}-\d{2}(?:[T ]${time}(?:Z|\s?[+-]\d{2}:?\d{2}|\s?UTC\b)?)?(?![\w-])`,
    String.raw`\b${day},? \d{1,2} ${month} \d{2,4} ${time}${zone}`,
    String.raw`\b${weekday}, \d{1,2}-${month}-\d{2} ${time}${zone}`,
    String.raw`\b${day} ${month} {1,2}\d{1,2} (?:\d{4} )?${time}${zone}(?: \([A-Za-z ]{1,60}\))?(?: \d{4}\b)?`,
    String.raw`(?<![\w:.])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp][Mm])?(?![\w:])`,
  ]
  return forms.join('|')
}

const combined = new RegExp(rules.map(([, pattern]) => `(${pattern})`).join('|'), 'g')
const placeholders = rules.map(([name]) => `<${name}>`)

/** Enough for any message that was seen to settle: a replacement can free what stood next to it for another rule. */
const maxPasses = 4

/** A status code at the beginning of a message says what went wrong: `401 signature mismatch` and `403 …` are different errors. */
const statusCode = /^[45]\d\d(?=:? [\w<])/

/** The caller has cut the message to a length; this function only replaces. Applying it twice changes nothing. */
export function normalize(message: string): string {
  const status = statusCode.exec(message)?.[0] ?? ''
  let text = message.slice(status.length)
  for (let pass = 0; pass < maxPasses; pass++) {
    const replaced = text.replace(combined, (...found: unknown[]) => placeholders[found.findIndex((group, index) => index > 0 && group !== undefined) - 1]!)
    if (replaced === text) break
    text = replaced
  }
  return (status + text.replace(/[^\S\n]+/g, ' ')).trim()
}
