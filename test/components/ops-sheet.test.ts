import { emulateMedia, sendKeys, setViewport } from '@web/test-runner-commands'
import type { OpsSheet } from '../../components/parts/sheet.ts'
import '../../components/parts/sheet.ts'
import { accessible, all, button, clear, deepFocus, equal, ok, until } from './support.ts'

/** A list of three rows, with a sheet that shows one of them. */
function listWithSheet(): { rows: HTMLButtonElement[]; sheet: OpsSheet; events: (string | number)[] } {
  document.body.innerHTML = `
    <ul style="line-height: 3">${[1, 2, 3].map((number) => `<li><button>Row ${number}</button></li>`).join('')}</ul>
    <label>Find <input type="search" /></label>
    <ops-sheet href="/ops/jobs/audit?event=7"><h2 slot="heading">ops-demo paused nightly_sync</h2><p>“fixture maintenance” <a href="#more">more</a></p><button slot="foot">Resume…</button></ops-sheet>`
  const sheet = document.querySelector('ops-sheet')!
  const events: (string | number)[] = []
  sheet.addEventListener('ops-close', () => events.push('close'))
  sheet.addEventListener('ops-step', (event) => events.push((event as CustomEvent<number>).detail))
  document.body.style.margin = '0'
  return { rows: [...document.querySelectorAll('button')].slice(0, 3), sheet, events }
}

const dialog = (sheet: OpsSheet) => sheet.shadowRoot!.querySelector('dialog')!
const boxOf = (sheet: OpsSheet) => dialog(sheet).getBoundingClientRect()

async function opened(from = 0) {
  const made = listWithSheet()
  made.rows[from]!.focus()
  made.sheet.open = true
  await made.sheet.updateComplete
  await until(() => dialog(made.sheet).matches('[open], :popover-open'), 'the sheet')
  return made
}

describe('ops-sheet', () => {
  beforeEach(() => setViewport({ width: 1280, height: 800 }))
  afterEach(() => {
    clear()
    document.documentElement.dir = ''
  })

  it('is 500 px wide at the end of the window, takes the focus and leaves the list usable', async () => {
    const { rows, sheet } = await opened()
    const { left, right, width, height } = boxOf(sheet)
    equal([left, right, width, height], [780, 1280, 500, 800])
    ok(!dialog(sheet).matches(':modal'), 'not modal')
    equal(deepFocus().id, 'heading')
    rows[1]!.focus()
    ok(deepFocus() === rows[1], 'a row can have the focus')
    await accessible(document.body)
  })

  it('closes by Esc, whether the focus is in it or in the list, and returns the focus to the row', async () => {
    const { rows, sheet, events } = await opened(1)
    await sendKeys({ press: 'Escape' })
    await until(() => !dialog(sheet).matches(':popover-open'), 'it to close')
    ok(deepFocus() === rows[1], 'the row has the focus')
    sheet.open = true
    await until(() => dialog(sheet).matches(':popover-open'), 'the sheet')
    rows[2]!.focus()
    await sendKeys({ press: 'Escape' })
    await until(() => !sheet.open, 'it to close')
    ok(deepFocus() === rows[2], 'the focus stays in the list')
    equal(events, ['close', 'close'])
  })

  it('stays open at an Esc that means something else: a field, or a dialog above it', async () => {
    const { sheet, events } = await opened()
    document.querySelector('input')!.focus()
    await sendKeys({ press: 'Escape' })
    const above = document.body.appendChild(document.createElement('dialog'))
    above.innerHTML = '<button>Confirm</button>'
    above.showModal()
    await sendKeys({ press: 'Escape' })
    await until(() => !above.open, 'the dialog to close')
    ok(sheet.open, 'the sheet is open')
    equal(events, [])
  })

  it('returns the focus to the row of what it shows last, which the page names', async () => {
    const { rows, sheet } = await opened(0)
    sheet.returnTo = () => rows[2]
    button(sheet, 'Close')!.click()
    ok(deepFocus() === rows[2], 'the last row')
  })

  it('asks for the previous and the next one, and its buttons keep the focus at the end', async () => {
    const { sheet, events } = await opened()
    ok(!button(sheet, 'Next'), 'no buttons unless the page can step')
    sheet.steps = { previous: true, next: true }
    const next = await until(() => button(sheet, 'Next'), 'the button')
    next.focus()
    next.click()
    button(sheet, 'Previous')!.click()
    sheet.steps = { previous: true, next: false }
    await until(() => next.getAttribute('aria-disabled') === 'true', 'the end')
    next.click()
    equal(events, [1, -1])
    ok(deepFocus() === next, 'the focus stays')
  })

  it('does not take the focus when it is open from the start, or when it shows something else', async () => {
    const { rows, sheet } = listWithSheet()
    sheet.open = true
    await sheet.updateComplete
    await until(() => dialog(sheet).matches(':popover-open'), 'the sheet')
    ok(deepFocus() === document.body, 'nothing has the focus')
    rows[0]!.focus()
    sheet.querySelector('h2')!.textContent = 'ops-demo resumed nightly_sync'
    sheet.href = '/ops/jobs/audit?event=8'
    await sheet.updateComplete
    ok(deepFocus() === rows[0], 'the row keeps it')
  })

  it('copies the whole address of what it shows', async () => {
    const copied: string[] = []
    const { writeText } = navigator.clipboard
    navigator.clipboard.writeText = async (text) => void copied.push(text)
    const { sheet } = await opened()
    button(sheet, 'Copy link')!.click()
    await until(() => all(sheet, '[role=status]')[0]!.textContent === 'Copied', 'the word')
    navigator.clipboard.writeText = writeText
    equal(copied, [`${location.origin}/ops/jobs/audit?event=7`])
  })

  it('is a modal sheet at the bottom below 700 px, as wide as the window down to 320 px', async () => {
    await setViewport({ width: 690, height: 700 })
    const { rows, sheet, events } = await opened()
    for (const width of [690, 320]) {
      await setViewport({ width, height: 700 })
      await until(() => boxOf(sheet).width === width, 'the width')
      ok(dialog(sheet).matches(':modal'), 'modal')
      await until(() => dialog(sheet).getAnimations().length === 0, 'the end of its movement')
      equal([boxOf(sheet).left, boxOf(sheet).bottom], [0, 700])
      ok(boxOf(sheet).height <= 0.88 * 700, 'the page shows above it')
      ok(document.documentElement.scrollWidth <= width, 'no sideways scrolling')
    }
    await accessible(document.body)
    await sendKeys({ press: 'Escape' })
    await until(() => !dialog(sheet).open, 'it to close')
    ok(deepFocus() === rows[0], 'the row has the focus')
    equal(events, ['close'])
  })

  it('moves between the side and the bottom with the width of the window, still open', async () => {
    const { sheet, events } = await opened()
    await setViewport({ width: 600, height: 800 })
    await until(() => dialog(sheet).matches(':modal'), 'the bottom sheet')
    await setViewport({ width: 1000, height: 800 })
    await until(() => dialog(sheet).matches(':popover-open'), 'the side sheet')
    ok(!dialog(sheet).matches(':modal'), 'not modal')
    equal(boxOf(sheet).left, 500)
    equal(events, [])
  })

  it('is on the left where the page runs from right to left', async () => {
    document.documentElement.dir = 'rtl'
    const { sheet } = await opened()
    equal([boxOf(sheet).left, boxOf(sheet).right], [0, 500])
  })

  it('does not move for somebody who prefers less motion', async () => {
    await emulateMedia({ reducedMotion: 'reduce' })
    const { sheet } = await opened()
    equal(dialog(sheet).getAnimations().length, 0)
    await emulateMedia({ reducedMotion: 'no-preference' })
  })
})
