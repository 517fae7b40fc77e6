import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Catalogue } from '../components/core/words.ts'
import { byText, collectFrom, collectKeys } from '../scripts/words/collect.ts'
import { compare, pluralForms } from '../scripts/words/compare.ts'
import { plainTexts } from '../scripts/words/plain.ts'

const keysOf = (source: string) => collectFrom(source, 'x.ts').keys.map(({ key }) => key)

describe('the keys of the catalogues', () => {
  test.each([
    ['t`Retry ${count} jobs`', ['Retry {0} jobs']],
    ['tr`Paused by ${html`<b>${name}</b>`} at ${t`noon`}`', ['Paused by {0} at {1}', 'noon']],
    ["tn(size, '# job', '# jobs')", ['# job|# jobs']],
    ["tx('Audited action')", ['Audited action']],
    ["tx(late ? 'late' : 'on time')", ['late', 'on time']],
    ['tx(labels[state])', []],
    ["const advice = texts({ gone: 'It is gone.', nested: [['Again', 3]] })", ['It is gone.', 'Again']],
    ["const label = texts('Retry')", ['Retry']],
    ['html`<p>Not a key</p>`', []],
    ["this.texts('not the marker')", []],
  ])('%s has %j', (source, keys) => {
    expect(keysOf(source)).toEqual(keys)
  })

  test('a plural whose forms are not written out is reported with its place', () => {
    expect(collectFrom('\nconst text = tn(size, one, many)', 'x.ts').unreadable).toEqual(['x.ts:2 tn(size, one, many)'])
  })

  test('the sources have keys of every kind, and none that cannot be read', () => {
    const { keys, unreadable } = collectKeys()
    expect(unreadable).toEqual([])
    expect(keys.length).toBeGreaterThan(1000)
    expect(keys.map(({ key }) => key)).toEqual(expect.arrayContaining(['Needs Review', '{0} paused {1}', 'Discard', 'paused the entry', 'Not allowed', 'Arguments contain']))
    expect(keys.some(({ plural }) => plural)).toBe(true)
  })
})

describe('a catalogue beside the sources', () => {
  test.each(['ar', 'de', 'es', 'ja'])('of %s is complete, and sorted', async (tag) => {
    const { default: catalogue } = (await import(`../components/words/${tag}.ts`)) as { default: Catalogue }
    const { missing, unused, wrong } = compare(tag, catalogue, collectKeys().keys)
    // To mend it: node scripts/words.ts --missing TAG, translate, --apply TAG FILE.
    expect({ missing: missing.map(({ key }) => key), unused, wrong }).toEqual({ missing: [], unused: [], wrong: [] })
    const keys = Object.keys(catalogue)
    expect(keys).toEqual(keys.map((key) => ({ key })).toSorted(byText).map(({ key }) => key))
  })

  const key = (key: string, plural = false) => ({ key, plural, place: 'x.ts:1' })

  test('lacks what is not translated, and has what no source asks for', () => {
    const { missing, unused } = compare('de', { Cancel: 'Abbrechen', Gone: 'Weg' }, [key('Cancel'), key('Retry')])
    expect([missing.map(({ key }) => key), unused]).toEqual([['Retry'], ['Gone']])
  })

  test('may leave out what has no words', () => {
    expect(compare('ja', { '{0}: {1}': '{0}：{1}' }, [key('{0}: {1}'), key('{0} · {1}')])).toEqual({ missing: [], unused: [], wrong: [] })
  })

  test.each([
    ['Retry {0} of {1}', 'Von {1} {0} wiederholen', true],
    ['Retry {0} of {1}', 'Von {1} alle wiederholen', false],
    ['Retry', ' ', false],
    ['Retry', { one: 'Wiederholen', other: 'Wiederholen' }, false],
  ])('%j may not be translated by %j: %s', (text, translation, right) => {
    expect(compare('de', { [text]: translation }, [key(text)]).wrong.length === 0).toBe(right)
  })

  test.each([
    ['de', { one: '# Job', other: '# Jobs' }, true],
    ['de', { other: '# Jobs' }, false],
    ['de', { one: '# Job', other: 'Jobs' }, false],
    ['es', { one: '# trabajo', other: '# trabajos' }, false],
    ['es', { many: '# de trabajos', one: '# trabajo', other: '# trabajos' }, true],
    ['ja', { other: 'ジョブ # 件' }, true],
    ['ja', { one: '一件', other: 'ジョブ # 件' }, false],
    ['ar', { few: '# مهام', many: '# مهمة', one: 'مهمة واحدة', other: '# مهمة', two: 'مهمتان', zero: 'لا مهام' }, true],
    ['de', 'Jobs', false],
  ] as const)('the plural of %s is %j: %s', (tag, forms, right) => {
    expect(compare(tag, { '# job|# jobs': forms }, [key('# job|# jobs', true)]).wrong.length === 0).toBe(right)
  })

  test.each([
    [{ one: '# Eintrag füllt {0}', other: '# Einträge füllen {0}' }, true],
    [{ one: '# Eintrag', other: '# Einträge füllen {0}' }, false],
  ])('the plural of an entry that feeds {0} is %j: %s', (forms, right) => {
    expect(compare('de', { '# entry feeds {0}|# entries feed {0}': forms }, [key('# entry feeds {0}|# entries feed {0}', true)]).wrong.length === 0).toBe(right)
  })

  test('the plural forms are those of the language', () => {
    expect(['de', 'es', 'ja', 'ar'].map((tag) => pluralForms(tag).length)).toEqual([2, 3, 1, 6])
  })
})

describe('the templates of the elements', () => {
  test.each([
    ['html`<p>Not translated</p>`', ['Not translated']],
    ['html`<p>${count} jobs</p>`', ['… jobs']],
    ['html`<button aria-label="Close">×</button>`', ['Close']],
    ["html`<p>${late ? 'It is late' : nothing}</p>`", ['It is late']],
    ['html`<button class="big button" aria-label=${t`Close`} @click=${() => open("a b")}>${t`Close`} ×</button>`', []],
    ["html`<p class=${odd ? 'row odd' : 'row'} .style=${`inset-inline-start: ${x}%`}>${name}</p>`", []],
    ['svg`<title>Deployed</title>`', ['Deployed']],
  ])('%s has %j in plain English', (source, texts) => {
    expect(plainTexts(source, 'x.ts')).toEqual(texts.map((text) => `x.ts:1 ${text}`))
  })

  test('have no text that a catalogue could not have', () => {
    const files = readdirSync(components, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    const found = files.flatMap((file) => plainTexts(readFileSync(join(components, file), 'utf8'), file))
    expect(found.filter((text) => !allowed.some(([place]) => text.replace(/:\d+ /, ': ').startsWith(place)))).toEqual([])
  })
})

const components = new URL('../components', import.meta.url).pathname

/** Texts that are the same in every language. */
const allowed: [text: string, why: string][] = [
  ['parts/search-completion.ts: Tab', 'what is engraved on the key'],
  ['pages/jobs/job-sheet.ts: Esc', 'what is engraved on the key'],
  ['pages/ops-errors.ts: error: worker: queue: version:', 'the keys of the search, as they are typed'],
  ['pages/ops-executors.ts: import {', 'code to copy'],
]
