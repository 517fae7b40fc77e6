import { readFileSync, writeFileSync } from 'node:fs'
import type { Catalogue } from '../components/core/words.ts'
import { byText, collectKeys } from './words/collect.ts'
import { compare, pluralForms } from './words/compare.ts'

/**
 * The message catalogues beside the sources they translate.
 *
 *     node scripts/words.ts --check             what each catalogue lacks; ends with 1 if one lacks anything
 *     node scripts/words.ts --missing de        the missing keys as JSON, to be translated
 *     node scripts/words.ts --apply de FILE     takes over translations from such a JSON file, and drops keys that are no longer used
 */
const tags = ['ar', 'de', 'es', 'ja']
const root = new URL('..', import.meta.url).pathname
const { keys, unreadable } = collectKeys()

const [mode, tag = '', file = ''] = process.argv.slice(2)
if (mode === '--check') await check()
else if (mode === '--missing' && tags.includes(tag)) console.log(JSON.stringify(await missing(), null, 2))
else if (mode === '--apply' && tags.includes(tag) && file) await apply()
else {
  console.error(`Expected --check, --missing LANGUAGE or --apply LANGUAGE FILE; languages are ${tags.join(', ')}.`)
  process.exitCode = 2
}

async function check(): Promise<void> {
  console.log(`${keys.length} keys in the sources`)
  for (const call of unreadable) console.log(`  cannot be read: ${call}`)
  if (unreadable.length > 0) process.exitCode = 1
  for (const tag of tags) {
    const { missing, unused, wrong } = compare(tag, await catalogueOf(tag), keys)
    console.log(`${tag}: ${missing.length} missing, ${unused.length} unused, ${wrong.length} wrong`)
    for (const { key, place } of missing) console.log(`  missing: ${JSON.stringify(key)} (${place})`)
    for (const key of unused) console.log(`  unused: ${JSON.stringify(key)}`)
    for (const fault of wrong) console.log(`  wrong: ${fault}`)
    if (missing.length + unused.length + wrong.length > 0) process.exitCode = 1
  }
}

/** Texts are empty, plurals have an empty text for each form of the language. */
async function missing(): Promise<Catalogue> {
  const forms = () => Object.fromEntries(pluralForms(tag).map((form) => [form, '']))
  return Object.fromEntries(compare(tag, await catalogueOf(tag), keys).missing.map(({ key, plural }) => [key, plural ? forms() : '']))
}

async function apply(): Promise<void> {
  const given = JSON.parse(readFileSync(file, 'utf8')) as Catalogue
  const catalogue = { ...(await catalogueOf(tag)), ...given }
  const { unused, wrong } = compare(tag, catalogue, keys)
  if (wrong.length > 0) throw new Error(`Nothing was written. Mend these first:\n${wrong.join('\n')}`)
  const lines = Object.entries(catalogue)
    .map(([key, translation]) => ({ key, translation }))
    .filter(({ key }) => !unused.includes(key))
    .toSorted(byText)
    .map(({ key, translation }) => `  ${quoted(key)}: ${typeof translation === 'string' ? quoted(translation) : formsOf(translation)},`)
  writeFileSync(pathOf(tag), `${head(tag)}${lines.join('\n')}\n} satisfies Catalogue\n`)
}

/** What stands above the texts, with the glossary, is kept. */
function head(tag: string): string {
  const [head] = readFileSync(pathOf(tag), 'utf8').split('export default {\n')
  return `${head}export default {\n`
}

function formsOf(forms: Exclude<Catalogue[string], string>): string {
  return `{ ${Object.entries(forms)
    .map(([form, text]) => `${form}: ${quoted(text)}`)
    .join(', ')} }`
}

function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}"` : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

async function catalogueOf(tag: string): Promise<Catalogue> {
  return ((await import(pathOf(tag))) as { default: Catalogue }).default
}

function pathOf(tag: string): string {
  return `${root}components/words/${tag}.ts`
}
