/**
 * The words of the elements, in the language of the reader. Sources are written in English, and the English text is the key of the
 * catalogue: `t` returns the text, `tr` keeps templates among its values as parts to render, `tn` chooses the plural form.
 *
 *     t`Retry ${count} jobs`                          // key: Retry {0} jobs
 *     tr`Paused by ${html`<b>${name}</b>`}`           // key: Paused by {0}
 *     tn(count, '# job waits', '# jobs wait')         // key: # job waits|# jobs wait
 *     const advice = texts({ forbidden: 'Ask …' })    // keys: its values, shown with tx(advice.forbidden)
 *
 * `scripts/words.ts` reads the keys from the sources, so texts are written out where these are called. Tables that the server shares
 * are listed in `scripts/words/label-tables.ts`.
 */

/** Translations by English text. A plural has one text for each plural category of the language. */
export type Catalogue = Readonly<Record<string, string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>>

export interface Language {
  /** BCP 47 tag of dates and numbers, e.g. `de-AT`. */
  tag: string
  /** Tag of the catalogue, which decides the plural forms, e.g. `de`; `tag` if not given. */
  words?: string
  /** Undefined for English, whose words are in the sources. */
  catalogue?: Catalogue
  /** The host's own words, which go before those of the catalogue. */
  wording?: Catalogue
}

export const english: Language = { tag: 'en-GB' }

let reading = english

/** Runs `render` with the words of `language`. Only for synchronous work: afterwards the language is what it was before. */
export function speaking<T>(language: Language, render: () => T): T {
  const before = reading
  reading = language
  try {
    return render()
  } finally {
    reading = before
  }
}

/** From now on, texts made outside of rendering are in this language, e.g. those of a click. */
export function keepSpeaking(language: Language): void {
  reading = language
}

/** The language of the words now. */
export function spoken(): Language {
  return reading
}

/** The tag of the dates and numbers now, e.g. for `Intl`. */
export function languageTag(): string {
  return reading.tag
}

/** A text. Numbers among the values are formatted for the language. */
export function t(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  return partsOf(strings, values).join('')
}

/** A text whose values may be templates; returns parts for Lit to render. */
export function tr(strings: TemplateStringsArray, ...values: unknown[]): unknown[] {
  const parts: unknown[] = []
  // Neighbouring texts become one, because each part costs a node.
  for (const part of partsOf(strings, values)) parts.push(typeof part === 'string' && typeof parts.at(-1) === 'string' ? (parts.pop() as string) + part : part)
  return parts
}

/** A text with a count: `#` is the count, formatted for the language, and `{0}` the first of the values. */
export function tn(count: number, one: string, other: string, ...values: (string | number)[]): string {
  const forms = translation(`${one}|${other}`)
  const rule = pluralRule(forms ? (reading.words ?? reading.tag) : 'en', count)
  const form = typeof forms === 'object' ? (forms[rule] ?? forms.other) : forms
  const text = (form ?? (rule === 'one' ? one : other)).replaceAll('#', numberText(count))
  return values.length ? text.replace(/\{(\d)\}/g, (_, place) => String(shown(values[Number(place)]))) : text
}

/** A text from a table, e.g. the label of a status; `{0}` and so on in it stand for values. */
export function tx(text: string, ...values: (string | number)[]): string {
  const found = translation(text)
  const words = typeof found === 'string' ? found : text
  return values.length ? words.replace(/\{(\d)\}/g, (_, index) => String(shown(values[Number(index)] ?? ''))) : words
}

/** Marks a text or the values of a table as keys of the catalogues; they are shown with `tx`. Changes nothing. */
export function texts<const T>(table: T): T {
  return table
}

function partsOf(strings: TemplateStringsArray, values: unknown[]): unknown[] {
  const text = (reading.wording || reading.catalogue) && translation(keyOf(strings))
  if (typeof text !== 'string') return strings.flatMap((part, index) => (index < values.length ? [part, shown(values[index])] : [part]))
  // Every second piece is the number of a value, because the pattern has a group.
  return text.split(/\{(\d)\}/).map((piece, index) => (index % 2 ? shown(values[Number(piece)]) : piece))
}

function translation(key: string): Catalogue[string] | undefined {
  return reading.wording?.[key] ?? reading.catalogue?.[key]
}

const keys = new WeakMap<TemplateStringsArray, string>()

function keyOf(strings: TemplateStringsArray): string {
  let key = keys.get(strings)
  if (key === undefined) keys.set(strings, (key = strings.reduce((text, part, index) => `${text}{${index - 1}}${part}`)))
  return key
}

function shown(value: unknown): unknown {
  return typeof value === 'number' ? numberText(value) : value
}

/** A number as the language writes it. */
export function numberText(value: number): string {
  return value.toLocaleString(reading.tag)
}

const rules = new Map<string, Intl.PluralRules>()

function pluralRule(tag: string, count: number): Intl.LDMLPluralRule {
  let rule = rules.get(tag)
  if (!rule) rules.set(tag, (rule = new Intl.PluralRules(tag)))
  return rule.select(count)
}
