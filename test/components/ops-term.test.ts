import { sendKeys, sendMouse } from '@web/test-runner-commands'
import { html, render } from 'lit'
import { type TermName, terms } from '../../components/parts/terms.ts'
import { term } from '../../components/parts/term.ts'
import { accessible, all, clear, equal, excludes, includes, ok, seen, until } from './support.ts'

async function placed(name: TermName = 'fingerprint'): Promise<HTMLElement> {
  const place = document.createElement('main')
  document.body.append(place)
  render(html`<p>Errors by ${term(name, 'their word')}</p>`, place)
  return until(() => all<HTMLElement>(place, 'ops-term').find((each) => each.shadowRoot?.querySelector('button')), 'the word')
}
const note = (word: HTMLElement) => word.shadowRoot!.querySelector<HTMLElement>('[popover]')!
const isOpen = (word: HTMLElement) => note(word).matches(':popover-open')

describe('a word of ours', () => {
  afterEach(clear)
  afterEach(() => document.querySelectorAll('main').forEach((each) => each.remove()))

  it('is explained by Enter, and Esc hides that again', async () => {
    const word = await placed()
    includes(seen(word.parentElement!), 'Errors by their word')
    excludes(seen(word), terms.fingerprint)
    const button = word.shadowRoot!.querySelector('button')!
    word.parentElement!.style.cssText = 'color: rgb(1, 2, 3); font-size: 11px'
    equal([getComputedStyle(button).color, getComputedStyle(button).fontSize], ['rgb(1, 2, 3)', '11px'], 'the look of the text around it')
    button.focus()
    await sendKeys({ press: 'Enter' })
    await until(() => isOpen(word) && seen(note(word)).includes(terms.fingerprint), 'the explanation')
    equal(button.getAttribute('aria-expanded'), 'true')
    await accessible(word)
    await sendKeys({ press: 'Escape' })
    await until(() => !isOpen(word), 'closed')
    equal(word.shadowRoot!.activeElement, button)
  })

  it('is explained to a mouse that rests on it, until it leaves', async () => {
    const word = await placed()
    const { x, y, width, height } = word.getBoundingClientRect()
    await sendMouse({ type: 'move', position: [Math.round(x + width / 2), Math.round(y + height / 2)] })
    await until(() => isOpen(word), 'the explanation')
    const { left, right } = note(word).getBoundingClientRect()
    ok(left >= 0 && right <= innerWidth, 'inside the window')
    await sendMouse({ type: 'move', position: [700, 500] })
    await until(() => !isOpen(word), 'closed')
  })

  it('has a sentence that ends, for each word of the table', () => {
    for (const [name, meaning] of Object.entries(terms)) ok(/^[A-Z].+\.$/.test(meaning), name)
  })
})
