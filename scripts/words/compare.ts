import type { Catalogue } from '../../components/core/words.ts'
import type { Key } from './collect.ts'

export interface Gaps {
  missing: Key[]
  /** Keys of the catalogue that no source has any more. */
  unused: string[]
  /** Translations that cannot stand where the English text does, with the reason. */
  wrong: string[]
}

/** What a catalogue lacks beside the sources. */
export function compare(tag: string, catalogue: Catalogue, keys: Key[]): Gaps {
  const known = new Map(keys.map((key) => [key.key, key]))
  const wrong = Object.entries(catalogue).flatMap(([text, translation]) => {
    const key = known.get(text)
    const fault = key && faultOf(tag, key, translation)
    return fault ? [`${text}: ${fault}`] : []
  })
  return { missing: keys.filter(({ key }) => needsWords(key) && !Object.hasOwn(catalogue, key)), unused: Object.keys(catalogue).filter((key) => !known.has(key)), wrong }
}

/** Not those that only put values beside each other, e.g. `{0}: {1}`; a language with other punctuation may translate them all the same. */
function needsWords(key: string): boolean {
  return /\p{L}/u.test(key.replaceAll(/\{\d\}/g, ''))
}

/** The plural forms that a translation needs, e.g. `one` and `other` for German. */
export function pluralForms(tag: string): Intl.LDMLPluralRule[] {
  return new Intl.PluralRules(tag).resolvedOptions().pluralCategories.toSorted()
}

function faultOf(tag: string, { key, plural }: Key, translation: Catalogue[string]): string | undefined {
  if (typeof translation === 'string') {
    if (plural) return `expected the plural forms ${pluralForms(tag).join(', ')}`
    if (!translation.trim()) return 'is empty'
    return placeholders(translation) === placeholders(key) ? undefined : `has the placeholders ${placeholders(translation) || 'none'}, expected ${placeholders(key) || 'none'}`
  }
  if (!plural) return 'expected one text, because it has no count'
  const wanted = pluralForms(tag)
  const present = Object.keys(translation).toSorted()
  if (present.join() !== wanted.join()) return `has the plural forms ${present.join(', ')}, expected ${wanted.join(', ')}`
  if (Object.values(translation).some((form) => !form.trim())) return 'has an empty form'
  // `zero`, `one` and `two` may say the count in words.
  const counted = Object.entries(translation).filter(([form]) => !['zero', 'one', 'two'].includes(form))
  const given = Object.values(translation).find((form) => placeholders(form) !== placeholders(key))
  if (given !== undefined) return `has the placeholders ${placeholders(given) || 'none'}, expected ${placeholders(key) || 'none'}`
  const expected = key.split('|').at(-1)!.includes('#')
  return counted.every(([, form]) => form.includes('#') === expected) ? undefined : `expected ${expected ? 'the count as #' : 'no #'} in every form but zero, one and two`
}

function placeholders(text: string): string {
  return [...new Set(text.match(/\{\d\}/g))].toSorted().join(' ')
}
