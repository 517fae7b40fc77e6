import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What has the focus, however many shadow roots deep. */
export interface Focus {
  /** Tag in lower case; `body` if nothing has it. */
  tag: string
  name: string
  /** Whether Tab gets there: a heading that a new page gives the focus to needs no ring. */
  operable: boolean
  ring: boolean
}

const readFocus = (): Focus => {
  let element: Element = document.activeElement ?? document.body
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  const named = (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent ?? ''
  const drawn = (each: Element) => {
    const { outlineStyle, outlineWidth, boxShadow, visibility } = getComputedStyle(each)
    return visibility === 'visible' && ((outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none')
  }
  // A field may leave the ring to what is around it.
  const around = element.closest('.frame, .bar, .asked, .field, label, [part=field]') ?? element.parentElement
  return {
    tag: element.localName,
    name: (element.getAttribute('aria-label') ?? named).replace(/\s+/g, ' ').trim(),
    operable: element instanceof HTMLElement && element.tabIndex >= 0 && !(element instanceof HTMLDialogElement),
    ring: drawn(element) || (around !== null && drawn(around)),
  }
}

/** An operator without a pointer. After each key something has the focus, and one can see what. */
export class Keyboard {
  private readonly page: Page
  presses = 0

  constructor(page: Page) {
    this.page = page
  }

  focus(): Promise<Focus> {
    return this.page.evaluate(readFocus)
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.presses += 1
      await this.page.keyboard.press(key)
    }
    await this.expectFocus(keys.join(' '))
  }

  /** Presses Tab until something with this name has the focus. */
  async tabTo(name: RegExp, most = 120): Promise<void> {
    const passed: string[] = []
    for (let presses = 0; presses < most; presses++) {
      const focus = await this.focus()
      if (focus.operable && name.test(focus.name)) return
      passed.push(focus.name.slice(0, 40))
      this.presses += 1
      await this.page.keyboard.press('Tab')
      // After the last control Tab leaves the page for the browser's own, and the next one comes back.
      if ((await this.focus()).tag !== 'body') await this.expectFocus('Tab')
    }
    throw new Error(`Tab reached nothing named ${name} in ${most} presses, but: ${passed.join(' | ')}`)
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text)
    this.presses += text.length
  }

  /** Some keys load or close something first; after a moment something has the focus, and one can see what. */
  async expectFocus(after: string): Promise<void> {
    const lost = ({ tag, operable, ring }: Focus) => tag === 'body' || tag === 'html' || (operable && !ring)
    await expect.poll(async () => {
      const focus = await this.focus()
      return lost(focus) ? focus : 'visible'
    }, { message: `after ${after}`, timeout: 10_000 }).toBe('visible')
  }
}
