/**
 * graphile-worker stores payloads as `json`, which is merely validated text. When converting to `jsonb`, which can be searched,
 * PostgreSQL rejects NUL characters, lone surrogates, numbers out of its range, and nesting deeper than its stack allows. One
 * such payload must not break every search, so the rejected parts are removed and the rest is compared.
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

/** PostgreSQL's numbers can have up to 16,383 decimal places, so shorter text cannot contain one that is too long. */
const hasLongDigits = `(length(${text}) > 16000 and ${text} ~ '[0-9]{250}')`
/** PostgreSQL handles this many levels with its default stack; text with more brackets than that may be nested deeper. */
const maxBrackets = 6_000
const hasManyBrackets = `(length(${text}) > ${2 * maxBrackets} and length(${text}) - length(translate(${text}, '[{', '')) > ${maxBrackets})`

const replaced = (source: string, pattern: string, by: string) => `regexp_replace(${source}, '${pattern}', '${by}', 'g')`
const storable = replaced(replaced(replaced(replaced(text, nul, String.raw`\1`), halfCharacter, String.raw`\1`), hugeExponent, 'null'), hugeDigits, 'null')

/** A condition on `j`: the job's payload contains the given JSON. False if that cannot be determined. */
export function payloadContains(parameter: string): string {
  return `case when ${hasManyBrackets} then false
    when ${text} ~ '${refused}' or ${hasLongDigits} then ${storable}::jsonb @> ${parameter}::jsonb
    else j.payload::jsonb @> ${parameter}::jsonb end`
}
