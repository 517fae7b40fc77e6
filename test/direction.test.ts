import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { physicalDeclarations, physicalStyles } from '../scripts/words/physical.ts'

const components = new URL('../components', import.meta.url).pathname

/** What stays physical, with the reason. */
const allowed: Record<string, string> = {
  'parts/chart/styles.ts: translateX(-50%)': 'centres a tick; mirrored for :dir(rtl) beside it',
  'parts/chart/styles.ts: translateX(50%)': 'the mirrored one',
  'parts/chart/styles.ts: translateX(-100%)': 'the last tick ends at its time; mirrored for :dir(rtl) beside it',
  'parts/chart/styles.ts: translateX(100%)': 'the mirrored one',
  'pages/cron/tonight-styles.ts: to right': 'the ticks of a rhythm are mirrored for :dir(rtl) as a whole',
}

test.each([
  ['margin-left: 4px;', ['margin-left']],
  ['padding-right: 4px; color: red;', ['padding-right']],
  ['inset-inline-start: 4px; margin-inline-end: 4px; border-inline: 0;', []],
  ['text-align: left;', ['text-align: left']],
  ['text-align: start;', []],
  ['left: 0;', ['left']],
  ['border-top-left-radius: 3px;', ['border-top-left-radius']],
  ['padding: 1px 8px 1px 6px;', ['padding: 1px 8px 1px 6px']],
  ['padding: 1px calc(2 * var(--x)) 4px calc(2 * var(--x));', []],
  ['transform: translateX(-5px);', ['translateX(-5px)']],
])('%s has the physical declarations %j', (css, found) => {
  expect(physicalDeclarations(`a { ${css} }`)).toEqual(found)
})

test('styles written into a template are read too', () => {
  expect(physicalStyles('html`<i .style=${`left:${x}%`} class=${`left: ${y}`}></i>`')).toEqual(['left'])
})

test('the elements have only logical styles, so that they read from right to left as well', () => {
  const files = readdirSync(components, { recursive: true, encoding: 'utf8' })
  const found = files.flatMap((file) => {
    const source = /\.(ts|css)$/.test(file) ? readFileSync(join(components, file), 'utf8') : ''
    const declarations = file.endsWith('.css') ? physicalDeclarations(source) : source ? physicalStyles(source) : []
    return declarations.map((declaration) => `${file}: ${declaration}`)
  })
  expect(found.filter((each) => !Object.hasOwn(allowed, each))).toEqual([])
})
