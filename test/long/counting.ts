import type { Locator, Page } from 'playwright-core'

/** Counts what an operator does with the mouse; typing a reason is no click. */
export interface Counting {
  click(role: 'button' | 'link' | 'tab', name: string | RegExp, within?: string): Promise<void>
  press(target: Locator): Promise<void>
  clicks(): number
}

export function counting(page: Page): Counting {
  let clicks = 0
  const press = async (target: Locator) => {
    clicks += 1
    await target.click()
  }
  return {
    press,
    click: (role, name, within) => press((within ? page.locator(within) : page).getByRole(role, { name }).first()),
    clicks: () => clicks,
  }
}
