import type { OpsCron } from '../../components/pages/ops-cron.ts'
import { brokenLine, mendJson, mendName } from '../../components/parts/mend.ts'
import { FakeApi } from './fake-api.ts'
import { at, entry, session } from './sample.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

const runs = ['2026-11-22T02:15:00Z', '2026-11-23T02:15:00Z', '2026-11-24T02:15:00Z', '2026-11-25T02:15:00Z', '2026-11-26T02:15:00Z']
const queue = (name: string, status: string, waiting: number) => ({ name, status, cause: 'nothing started for 3 h', due: { count: waiting, how: 'exact' }, paused: null })
const queues = [queue('report', 'blocked', 84), queue('reports_eu', 'runnable', 2)]

function api(over: ConstructorParameters<typeof FakeApi>[0] = {}) {
  return new FakeApi({
    getSession: () => session(),
    listCronEntries: () => ({ items: [entry('nightly_sync', { definitionLocked: undefined })], asOf: at(0) }),
    getCronEntry: () => entry('nightly_sync', { definitionLocked: undefined, queue: 'report' }),
    listQueues: ({ query }) => ({ items: queues.filter(({ name }) => name.includes(query.get('name') ?? '')), asOf: at(0), summary: { queues: 14 } }),
    previewCronSchedule: ({ query }) =>
      query.get('expression') === '15 3 * * *'
        ? { errors: [], description: 'At 03:15', nextRuns: runs, clockNotes: [{ at: '2027-03-28T01:00:00Z', kind: 'runs_after_gap', local: '02:30' }], asOf: at(0) }
        : { errors: [{ field: 'expression', message: 'got 6 fields; expected five', suggestion: '15 3 * * *' }], nextRuns: [], clockNotes: [], asOf: at(0) },
    ...over,
  })
}

const field = (page: OpsCron, id: string) => all<HTMLInputElement>(page, `#${id}`)[0]!
const dialog = (page: OpsCron) => seen(all(page, 'dialog')[0])

async function openNew(fake: FakeApi): Promise<OpsCron> {
  const page = mount('ops-cron', fake)
  ;(await until(() => !button(page, 'New entry…')?.disabled && button(page, 'New entry…'), 'the button')).click()
  await until(() => all(page, '#queue')[0], 'the form')
  return page
}

describe('the form of a cron entry', () => {
  afterEach(clear)

  it('says in words what a schedule means, its next five runs and what clocks do to it, as it is typed', async () => {
    const page = await openNew(api())
    type(field(page, 'expression'), '15 3 * * *')
    type(field(page, 'timezone'), 'Europe/Berlin')
    const text = await until(() => dialog(page).includes('At 03:15') && dialog(page), 'the words')
    equal(all(all(page, 'ops-schedule-preview')[0], 'li').length, 5, 'runs')
    includes(text, '22 Nov 03:15 02:15 your clock')
    includes(text, 'On 28 Mar 2027 clocks go forward and 02:30 does not exist: it runs once, right after the change.')
  })

  it('asks once for what is typed without a pause, and ends the question before', async () => {
    const fake = api()
    const page = await openNew(fake)
    for (const text of ['1', '15', '15 3', '15 3 * * *']) type(field(page, 'expression'), text)
    await until(() => dialog(page).includes('At 03:15'), 'the words')
    equal(fake.calls.filter(({ name }) => name === 'previewCronSchedule').map(({ query }) => query.get('expression')), ['15 3 * * *'])
    equal(fake.count('createPreview'), 0, 'nothing is previewed, nothing changes')
  })

  it('offers what was probably meant, and puts it in', async () => {
    const page = await openNew(api())
    type(field(page, 'expression'), '0 15 3 * * *')
    const offer = await until(() => all<HTMLButtonElement>(page, '.suggest')[0], 'the offer')
    includes(dialog(page), 'Did you mean 15 3 * * * ?')
    offer.click()
    await until(() => field(page, 'expression').value === '15 3 * * *' && dialog(page).includes('At 03:15'), 'the mended schedule')
  })

  it('offers the queues with their status and what waits in them, by the keys alone', async () => {
    const page = await openNew(api())
    const input = field(page, 'queue')
    input.focus()
    type(input, 'rep')
    await until(() => all(page, '[role=option]').length === 2, 'the queues')
    includes(seen(all(page, '[role=option]')[0]), 'report Blocked 84 wait')
    includes(dialog(page), '2 of 14 queues')
    press('ArrowDown', input)
    await until(() => input.getAttribute('aria-activedescendant') === 'queue-offer-0', 'the first is active')
    press('Enter', input)
    await until(() => input.value === 'report', 'it is chosen')
    await until(() => dialog(page).includes('84 jobs wait. Runs will wait there until it moves: nothing started for 3 h'), 'its condition')
    equal(input.getAttribute('aria-expanded'), 'false')
    await accessible(page)
  })

  it('takes the name of a queue as it is where queues may not be seen', async () => {
    const page = await openNew(api({ listQueues: undefined }))
    type(field(page, 'queue'), 'hidden')
    equal(field(page, 'queue').value, 'hidden')
    equal(all(page, '[role=option]').length, 0)
  })

  it('shows all errors at once, each with its mend', async () => {
    const page = await openNew(api())
    type(field(page, 'name'), 'customer statement')
    type(field(page, 'args'), "{ 'region': 25,\n  currency: EUR }")
    button(page, 'Review')!.click()
    await until(() => all(page, '[aria-invalid=true]').length >= 4, 'the errors')
    includes(dialog(page), 'Line 1: this is not valid JSON')
    equal(deepFocus().id, 'name', 'the first wrong field has the focus')
    button(page, 'Use customer_statement')!.click()
    button(page, 'Mend it')!.click()
    await until(() => field(page, 'name').value === 'customer_statement', 'the name')
    equal(JSON.parse(field(page, 'args').value), { region: 25, currency: 'EUR' })
  })

  it('says what is different from now before any preview', async () => {
    const page = mount('ops-cron', api())
    ;(await until(() => button(page, 'More for nightly_sync'), 'the button')).click()
    ;(await until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item) === 'Change…'), 'the menu')).click()
    await until(() => dialog(page).includes('Nothing is changed yet.'), 'nothing yet')
    type(field(page, 'expression'), '15 3 * * *')
    await until(() => dialog(page).includes('Schedule : 0 2 * * * → 15 3 * * *'), 'the difference')
    excludes(dialog(page), 'Queue : ')
  })
})

describe('what was meant', () => {
  const cases: [string, string | undefined][] = [
    ['customer statement', 'customer_statement'],
    ['  Übersicht täglich ', 'Ubersicht_taglich'],
    ['_x', 'x'],
    ['fine.name-1', undefined],
    ['!!!', undefined],
  ]
  for (const [given, expected] of cases) it(`by the name “${given}” is ${expected ?? 'nothing'}`, () => equal(mendName(given), expected))

  const json: [string, unknown][] = [
    ["{'a': 1}", { a: 1 }],
    ['{a: b, "c": true,}', { a: 'b', c: true }],
    ['"scope": "all"', { scope: 'all' }],
    ['{"a": [1,2,],}', { a: [1, 2] }],
    ['{"it": "don\'t, ever"}', undefined],
    ['[1]', undefined],
    ['{{', undefined],
  ]
  for (const [given, expected] of json) {
    it(`by the arguments ${given} is ${JSON.stringify(expected) ?? 'nothing'}`, () => {
      const mended = mendJson(given)
      equal(mended === undefined ? undefined : JSON.parse(mended), expected)
    })
  }

  it('names the line on which JSON breaks', () => {
    equal(brokenLine('{"a":1}'), undefined)
    equal(brokenLine('{\n "a": 1,\n "b": EUR }'), 3)
    ok(brokenLine('{'), 'the end')
  })
})
