import '../../components/parts/menu.ts'
import type { OpsMenu } from '../../components/parts/menu.ts'
import { all, button, clear, deepFocus, equal, includes, ok, press, seen, until } from './support.ts'

const chosen: string[] = []

function place(): OpsMenu {
  const menu = document.createElement('ops-menu')
  menu.label = 'More for nightly_sync'
  menu.items = [
    { label: 'Skip a run…', choose: () => chosen.push('skip') },
    { label: 'Delete…', refused: 'This entry is declared in code.', choose: () => chosen.push('delete') },
    { label: 'History', href: '#history' },
  ]
  document.body.append(menu)
  return menu
}

const items = (menu: OpsMenu) => all<HTMLElement>(menu, '[role=menuitem]')

describe('ops-menu', () => {
  beforeEach(() => {
    chosen.length = 0
  })
  afterEach(clear)

  it('opens with the first item focused, and moves with arrows, Home and End', async () => {
    const menu = place()
    await menu.updateComplete
    const opener = button(menu, 'More for nightly_sync')!
    equal(opener.getAttribute('aria-expanded'), 'false')
    opener.click()
    await until(() => items(menu)[0] && deepFocus() === items(menu)[0], 'the focus on the first')
    equal(opener.getAttribute('aria-expanded'), 'true')
    press('ArrowDown')
    ok(deepFocus() === items(menu)[1], 'the second')
    press('End')
    ok(deepFocus() === items(menu)[2], 'the last')
    press('ArrowDown')
    ok(deepFocus() === items(menu)[0], 'round to the first')
    press('ArrowUp')
    ok(deepFocus() === items(menu)[2], 'round to the last')
    press('Home')
    ok(deepFocus() === items(menu)[0], 'the first')
  })

  it('opens with the arrow key, and Escape gives the focus back', async () => {
    const menu = place()
    await menu.updateComplete
    const opener = button(menu, 'More for nightly_sync')!
    opener.focus()
    press('ArrowDown')
    await until(() => items(menu)[0] && deepFocus() === items(menu)[0], 'the focus on the first')
    press('Escape')
    await until(() => deepFocus() === opener, 'the focus on the button')
    await until(() => opener.getAttribute('aria-expanded') === 'false', 'the closed state')
  })

  it('does what is chosen once it is closed', async () => {
    const menu = place()
    await menu.updateComplete
    button(menu, 'More for nightly_sync')!.click()
    ;(await until(() => items(menu)[0], 'the items')).click()
    equal(chosen, ['skip'])
    ok(deepFocus() === button(menu, 'More for nightly_sync'), 'the focus on the button')
  })

  it('says why something cannot be chosen, and does not do it', async () => {
    const menu = place()
    await menu.updateComplete
    button(menu, 'More for nightly_sync')!.click()
    const refused = await until(() => items(menu)[1], 'the item')
    includes(seen(refused), 'This entry is declared in code.')
    equal(refused.getAttribute('aria-disabled'), 'true')
    refused.click()
    equal(chosen, [])
  })
})
