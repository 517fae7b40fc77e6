/**
 * graphile-worker keeps payloads as `json`, which is text that was checked and no more. As `jsonb`, which can be searched,
 * PostgreSQL refuses NUL characters, halves of characters, numbers beyond its own, and deeper nesting than its stack allows; one
 * such payload must not break everybody's search. What it refuses is taken out, and the rest is compared.
 */
const text = 'j.payload::text'

/** An escape counts only after an even number of backslashes. */
const unescaped = String.raw`(?<!\\)((?:\\\\)*)`
const high = String.raw`\\u[dD][89abAB][0-9a-fA-F]{2}`
const low = String.raw`\\u[dD][c-fC-F][0-9a-fA-F]{2}`

const refused = String.raw`\\u(0000|[dD][89a-fA-F])|[eE][+-]?[0-9]{4}`
const nul = String.raw`${unescaped}\\u0000`
const halfCharacter = String.raw`${unescaped}(?:${high}(?!${low})|(?<!${high})${low})`
const hugeExponent = String.raw`-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{4,}`
const hugeDigits = String.raw`-?[0-9]*\.?[0-9]{250}[0-9]*(\.[0-9]*)?([eE][+-]?[0-9]+)?`

/** PostgreSQL's numbers have up to 16,383 decimal places, so shorter text has none that is too long. */
const hasLongDigits = `(length(${text}) > 16000 and ${text} ~ '[0-9]{250}')`
/** So many nested levels it takes with its usual stack; more brackets than that may be more levels. */
const maxBrackets = 6_000
const hasManyBrackets = `(length(${text}) > ${2 * maxBrackets} and length(${text}) - length(translate(${text}, '[{', '')) > ${maxBrackets})`

const replaced = (source: string, pattern: string, by: string) => `regexp_replace(${source}, '${pattern}', '${by}', 'g')`
const storable = replaced(replaced(replaced(replaced(text, nul, String.raw`\1`), halfCharacter, String.raw`\1`), hugeExponent, 'null'), hugeDigits, 'null')

/** Whether a job's payload contains the given JSON, as a condition on `j`; where that cannot be told, it does not. */
export function payloadContains(parameter: string): string {
  return `case when ${hasManyBrackets} then false
    when ${text} ~ '${refused}' or ${hasLongDigits} then ${storable}::jsonb @> ${parameter}::jsonb
    else j.payload::jsonb @> ${parameter}::jsonb end`
}
