import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../host/axe.ts'
import { textOf } from '../host/operator.ts'
import { findBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { contextIn, fillPages, languages, newPage, open, speak, states, type Theme, themes } from './page-states.ts'

let server: TestServer
let browser: Browser
let pages: string[]
beforeAll(async () => {
  server = await startServer({ loops: true })
  browser = await chromium.launch(await findBrowser())
  pages = await fillPages(server)
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** Filled pages in every language, those of English and Arabic in both themes; the others left to right in light and right to left in dark. */
function looksOf(state: string): [language: string, theme: Theme][] {
  if (state !== 'filled') return [['en', 'light'], ['ar', 'dark']]
  return languages.flatMap((language, index) => (language === 'en' || language === 'ar' ? themes : [themes[index % 2]!]).map((theme): [string, Theme] => [language, theme]))
}

describe('every page passes the accessibility rules', () => {
  test('the languages are those of the catalogues', () => expect(languages).toEqual(expect.arrayContaining(['en', 'ar'])))

  test.each(states)('when it is %s, in each theme and language', { timeout: 300_000 }, async (state) => {
    const context = await contextIn(state, browser, server)
    const page = await newPage(context)
    const found: string[] = []
    for (const path of pages) {
      await open(page, `${server.url}/ops/jobs${path}`, state)
      for (const [language, theme] of looksOf(state)) {
        await page.emulateMedia({ colorScheme: theme })
        await speak(page, language, state)
        if (language === 'ar') expect(await textOf(page.locator('ops-shell')), path).toMatch(/[\u0600-\u06ff]{3}/)
        found.push(...(await violations(page)).map((violation) => `${path || 'overview'} ${state} ${language} ${theme}: ${violation}`))
      }
    }
    await context.close()
    expect(found).toEqual([])
  })
})

/** What is wider than the window and cannot be scrolled to within a part of it. */
const stickingOut = () => {
  const all = (root: ParentNode): Element[] => [...root.querySelectorAll('*')].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
  const scrolls = (element: Element): boolean => {
    for (let up: Element | null = element; up; up = up.assignedSlot ?? up.parentElement ?? ((up.getRootNode() as ShadowRoot).host ?? null)) if (up !== document.documentElement && up !== document.body && getComputedStyle(up).overflowX !== 'visible') return true
    return false
  }
  const { clientWidth } = document.documentElement
  return all(document.body)
    .filter((each) => {
      const { left, right, width, height } = each.getBoundingClientRect()
      return width > 1 && height > 1 && (right > clientWidth + 1 || left < -1) && each.checkVisibility({ visibilityProperty: true }) && !each.closest('svg') && !scrolls(each)
    })
    .map((each) => `${each.localName}.${each.getAttribute('class') ?? ''}`)
}

/** What still moves although the reader wants less motion; a change of a colour moves nothing. */
const moving = () => {
  const all = (root: ParentNode): Element[] => [...root.querySelectorAll('*')].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
  return all(document.body)
    .filter((each) => each.checkVisibility() && each.getAnimations().some((animation) => animation.playState === 'running' && Number(animation.effect?.getComputedTiming().duration ?? 0) > 100))
    .map((each) => `${each.localName}.${each.getAttribute('class') ?? ''}`)
}

describe('every page can be used', () => {
  const cases: Record<string, { width: number; height: number; direction: 'ltr' | 'rtl' }> = {
    'at a width of 320 pixels': { width: 320, height: 640, direction: 'ltr' },
    'at a width of 320 pixels, right to left': { width: 320, height: 640, direction: 'rtl' },
    'at 200 % zoom of a small screen': { width: 640, height: 400, direction: 'ltr' },
  }

  test.each(Object.entries(cases))('%s, with nothing out of reach', { timeout: 180_000 }, async (_, { width, height, direction }) => {
    const context = await contextIn('filled', browser, server)
    const page = await newPage(context)
    await page.setViewportSize({ width, height })
    const found: string[] = []
    for (const path of pages) {
      await open(page, `${server.url}/ops/jobs${path}`, 'filled')
      if (direction === 'rtl') await speak(page, 'ar', 'filled')
      found.push(...new Set((await page.evaluate(stickingOut)).map((each) => `${path || 'overview'}: ${each}`)))
    }
    await context.close()
    expect(found).toEqual([])
  })

  test('with forced colours and without motion', { timeout: 180_000 }, async () => {
    const context = await contextIn('filled', browser, server)
    const page = await newPage(context)
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    const found: string[] = []
    for (const path of pages) {
      await open(page, `${server.url}/ops/jobs${path}`, 'filled')
      found.push(...(await page.evaluate(moving)).map((each) => `${path || 'overview'}: ${each} moves`))
      found.push(...(await violations(page)).map((violation) => `${path || 'overview'}: ${violation}`))
    }
    await context.close()
    const still = await contextIn('loading', browser, server)
    const waiting = await newPage(still)
    await waiting.emulateMedia({ reducedMotion: 'reduce' })
    await open(waiting, `${server.url}/ops/jobs/list`, 'loading')
    found.push(...(await waiting.evaluate(moving)).map((each) => `loading: ${each} moves`))
    await still.close()
    expect(found).toEqual([])
  })
})
