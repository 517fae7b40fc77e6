import '../../components/parts/range-picker.ts'
import '../../components/parts/search-bar.ts'
import type { OpsRange } from '../../components/parts/range-picker.ts'
import type { OpsSearch } from '../../components/parts/search-bar.ts'
import { parseSearch, type SearchFilter, type SearchKey, withFilters, writeSearch } from '../../components/parts/search-text.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, ok, press, seen, until } from './support.ts'

const keys: SearchKey[] = [
  { name: '', label: 'anywhere in error or arguments', kind: 'words' },
  { name: 'queue', label: 'Jobs of this queue', kind: 'word', excludes: true, values: async ({ value }) => ['order_mail', 'order_sync', 'reports'].filter((each) => each.startsWith(value)).map((each) => ({ value: each, note: '12' })) },
  { name: 'error', label: 'Text of the last error', kind: 'words' },
  {
    name: 'args',
    label: 'Arguments',
    kind: 'word',
    path: true,
    several: true,
    paths: async (typed) => ['order', 'origin'].filter((each) => each.startsWith(typed)).map((each) => ({ value: each, note: 'number' })),
    complain: ({ value }) => (value === '{' ? 'Give a JSON value.' : ''),
  },
]

describe('the text of a search', () => {
  const cases: [text: string, filters: SearchFilter[]][] = [
    ['', []],
    ['timed out', [{ key: '', value: 'timed out' }]],
    ['queue:mail', [{ key: 'queue', value: 'mail' }]],
    ['−queue:mail', [{ key: 'queue', value: 'mail', without: true }]],
    ['-queue:mail ', [{ key: 'queue', value: 'mail', without: true }]],
    ['-error:x', [{ key: 'error', value: 'x' }]],
    ['queue:', []],
    ['queue:mail timed out', [{ key: 'queue', value: 'mail' }, { key: '', value: 'timed out' }]],
    ['error:ECONNRESET by peer', [{ key: 'error', value: 'ECONNRESET by peer' }]],
    ['error:by peer queue:mail', [{ key: 'error', value: 'by peer' }, { key: 'queue', value: 'mail' }]],
    ['queue:"two words" error:x', [{ key: 'queue', value: 'two words' }, { key: 'error', value: 'x' }]],
    ['args.order.id:1077', [{ key: 'args', path: 'order.id', value: '1077' }]],
    ['args:{"a":1}', [{ key: 'args', value: '{"a":1}' }]],
    ['http://mail.example', [{ key: '', value: 'http://mail.example' }]],
    ['myqueue:mail', [{ key: '', value: 'myqueue:mail' }]],
    ['at 10:20 queue:mail', [{ key: 'queue', value: 'mail' }, { key: '', value: 'at 10:20' }]],
  ]
  for (const [text, filters] of cases) it(`reads ${JSON.stringify(text)}`, () => equal(parseSearch(text, keys).filters, filters))

  it('is read as it was written, whatever is in a value', () => {
    for (const filter of [{ key: 'queue', value: 'a b' }, { key: 'error', value: 'x: y' }, { key: 'args', path: 'a.b', value: 'x y' }, { key: 'queue', value: 'm', without: true }])
      equal(parseSearch(writeSearch(filter), keys).filters, [filter])
  })

  it('has one condition of each key, except of those that may be given more than once', () => {
    const before = [{ key: 'queue', value: 'a' }, { key: 'args', path: 'x', value: '1' }]
    equal(withFilters(before, [{ key: 'queue', value: 'b' }], keys), [before[1]!, { key: 'queue', value: 'b' }])
    equal(withFilters(before, [{ key: 'args', path: 'y', value: '2' }], keys).length, 3)
    equal(withFilters(before, [{ key: 'args', path: 'x', value: '2' }], keys), [before[0]!, { key: 'args', path: 'x', value: '2' }])
  })
})

function opened(filters: SearchFilter[] = []): { bar: OpsSearch; said: SearchFilter[][]; field: HTMLInputElement } {
  const bar = document.createElement('ops-search')
  const said: SearchFilter[][] = []
  Object.assign(bar, { keys, filters, label: 'Search jobs', placeholder: 'Search', hotkey: '/' })
  bar.addEventListener('ops-search', ({ detail }: CustomEventInit<{ filters: SearchFilter[] }>) => {
    said.push(detail!.filters)
    // As a page does: it takes the filters over and passes them on.
    bar.filters = [...detail!.filters]
  })
  document.body.append(bar)
  return { bar, said, get field() { return all<HTMLInputElement>(bar, 'input')[0]! } }
}

function write(field: HTMLInputElement, text: string): void {
  field.focus()
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
}

const options = (bar: OpsSearch) => all(bar, '[role=option]').map((option) => option.textContent!.replace(/\s+/g, ' ').trim())
const chips = (bar: OpsSearch) => all(bar, '.token .edit').map((chip) => seen(chip))

describe('ops-search', () => {
  afterEach(clear)

  it('applies words while they are typed, once the typing pauses', async () => {
    const { bar, said, field } = await ready()
    write(field, 'time')
    write(field, 'timeout')
    await until(() => said.length > 0, 'the search')
    equal(said, [[{ key: '', value: 'timeout' }]])
    equal(field.value, 'timeout')
    equal(chips(bar), [])
  })

  it('makes a chip of a finished condition, and takes it off', async () => {
    const { bar, said, field } = await ready()
    write(field, '−queue:order_mail')
    press('Enter', field)
    await until(() => chips(bar).length === 1, 'the chip')
    equal(said, [[{ key: 'queue', value: 'order_mail', without: true }]])
    equal(field.value, '')
    button(bar, 'Remove -queue:order_mail')!.click()
    await until(() => chips(bar).length === 0, 'no chip')
    equal(said.at(-1), [])
    equal(deepFocus(), field)
  })

  it('does not search for a key or a word condition that is not finished', async () => {
    const { said, field } = await ready()
    for (const text of ['que', 'queue:', 'queue:order', 'args.o']) write(field, text)
    await new Promise((resume) => setTimeout(resume, 400))
    equal(said, [])
    write(field, 'queue:order ')
    await until(() => said.length > 0, 'the finished one')
    equal(said, [[{ key: 'queue', value: 'order' }]])
  })

  it('completes keys, paths and values, and always offers the plain words', async () => {
    const { bar, said, field } = await ready()
    write(field, 'q')
    await until(() => options(bar).length === 2, 'the keys')
    includes(options(bar)[0]!, 'queue: Jobs of this queue')
    includes(options(bar)[1]!, '“q” anywhere in error or arguments')
    press('Tab', field)
    equal(field.value, 'queue:')
    write(field, 'queue:order')
    await until(() => options(bar).some((option) => option.includes('order_sync')), 'the values')
    press('ArrowDown', field)
    press('ArrowDown', field)
    await until(() => field.getAttribute('aria-activedescendant') === 'offer-1', 'the second option')
    equal(all(bar, '#offer-1')[0]!.getAttribute('aria-selected'), 'true')
    press('Enter', field)
    equal(said, [[{ key: 'queue', value: 'order_sync' }]])
    write(field, 'args.o')
    await until(() => options(bar).some((option) => option.includes('args.origin:')), 'the paths')
    press('Tab', field)
    equal(field.value, 'args.order:')
  })

  it('says what is wrong with a value and keeps it', async () => {
    const { bar, said, field } = await ready()
    write(field, 'args.order:{')
    press('Enter', field)
    await until(() => seen(bar).includes('Give a JSON value.'), 'the complaint')
    equal([field.value, field.getAttribute('aria-invalid')], ['args.order:{', 'true'])
    equal(said, [])
  })

  it('takes the last chip back into the text with Backspace, and a clicked one too', async () => {
    const { bar, field } = await ready([{ key: 'queue', value: 'a' }, { key: 'error', value: 'b c' }])
    field.focus()
    press('Backspace', field)
    await until(() => field.value === 'error:b c' || field.value === 'error:"b c"', 'the text')
    equal(chips(bar).length, 1)
    button(bar, 'Change queue:a')!.click()
    await until(() => field.value === 'queue:a', 'the other one')
    equal(chips(bar).map((chip) => chip.replace(/\s/g, '')), ['error:bc'])
  })

  it('empties the text with Escape, after the list', async () => {
    const { bar, said, field } = await ready()
    write(field, 'timeout')
    await until(() => said.length === 1 && options(bar).length > 0, 'the search')
    press('Escape', field)
    await until(() => options(bar).length === 0, 'the closed list')
    press('Escape', field)
    await until(() => said.length === 2, 'the emptied search')
    equal([field.value, said.at(-1)], ['', []])
  })

  it('drops what is typed when the page drops it', async () => {
    const { bar, said, field } = await ready([{ key: 'queue', value: 'a' }])
    write(field, 'timeout')
    await until(() => said.length === 1, 'the search')
    bar.filters = []
    await bar.updateComplete
    equal([field.value, chips(bar)], ['', []])
  })

  it('is reached by its key', async () => {
    const { bar, field } = await ready()
    bar.setAttribute('keys', 'page')
    press('/', document.body)
    equal(deepFocus(), field)
    press('/', field)
    equal(field.value, '', 'a slash that is typed is only typed')
  })

  it('finishes what is typed when it is left', async () => {
    const { bar, said, field } = await ready()
    write(field, 'error:refused')
    field.dispatchEvent(new FocusEvent('focusout', { bubbles: true, composed: true, relatedTarget: document.body }))
    await until(() => chips(bar).length === 1, 'the chip')
    equal(said.at(-1), [{ key: 'error', value: 'refused' }])
  })

  it('is accessible, open and closed', async () => {
    const { bar, field } = await ready([{ key: 'queue', value: 'a' }])
    await accessible(bar)
    write(field, 'queue:order')
    await until(() => options(bar).some((option) => option.includes('order_sync')), 'the values')
    await accessible(bar)
  })

  async function ready(filters: SearchFilter[] = []) {
    const made = opened(filters)
    await made.bar.updateComplete
    return { bar: made.bar, said: made.said, field: made.field }
  }
})

describe('ops-range', () => {
  afterEach(clear)

  async function range(over: Partial<OpsRange> = {}) {
    const picker = Object.assign(document.createElement('ops-range'), { label: 'When it ended', ...over })
    const said: unknown[] = []
    picker.addEventListener('ops-range', ({ detail }: CustomEventInit) => said.push(detail))
    document.body.append(picker)
    await picker.updateComplete
    return { picker, said, open: () => all<HTMLElement>(picker, '.button')[0]!.click() }
  }

  it('offers the last minutes, hours and days', async () => {
    const { picker, said, open } = await range({ range: { last: '1h' } })
    includes(seen(picker), 'Last 1 h')
    open()
    const choice = await until(() => button(picker, 'Last 15 min'), 'the choices')
    excludes(seen(picker), 'deploy')
    choice.click()
    equal(said, [{ last: '15m', from: '', to: '' }])
  })

  it('offers the time since the last deploy, if there is one', async () => {
    const { picker, said, open } = await range({ lastDeploy: async () => new Date(Date.now() - 7_200_000).toISOString() })
    open()
    const choice = await until(() => all<HTMLButtonElement>(picker, '.choice').find((each) => seen(each).includes('Since the last deploy') && !each.disabled), 'the deploy')
    includes(seen(choice), '2 h ago')
    choice.click()
    equal(said, [{ last: 'deploy', from: '', to: '' }])
    clear()
    const none = await range({ lastDeploy: async () => null })
    none.open()
    await until(() => seen(none.picker).includes('none marked'), 'no deploy')
  })

  it('takes an absolute range and refuses one that ends before it begins', async () => {
    const { picker, said, open } = await range()
    open()
    await until(() => all(picker, '#from')[0], 'the fields')
    const [from, to] = all<HTMLInputElement>(picker, 'input')
    Object.assign(from!, { value: '2026-11-21T14:00' })
    Object.assign(to!, { value: '2026-11-21T13:00' })
    button(picker, 'Apply')!.click()
    await until(() => seen(picker).includes('ends before it begins'), 'the complaint')
    equal(said, [])
    Object.assign(to!, { value: '2026-11-21T15:00' })
    button(picker, 'Apply')!.click()
    ok(said.length === 1, 'the range')
    equal(Date.parse((said[0] as { to: string }).to) - Date.parse((said[0] as { from: string }).from), 3_600_000)
    await accessible(picker)
  })
})
