import { html, LitElement } from 'lit'
import { type Key, Keys, setSingleKeys } from '../../components/core/keys.ts'
import { accessible, all, button, clear, equal, ok, press, seen, until } from './support.ts'

const pressed: string[] = []
let extra: Key[] = []

const key = (keys: string, more: Partial<Key> = {}): Key => ({ keys, label: `Label of ${keys}`, run: () => pressed.push(keys), ...more })

class KeyedList extends LitElement {
  open = false
  readonly keys = new Keys(this, () => [key('j'), key('R', { group: 'chosen' }), key('g j'), key('Space'), key('Enter'), key('Mod+K'), key('/'), ...extra])
  override render() {
    return html`<input type="text" /><input type="checkbox" /><textarea></textarea><a href="#here">a link</a><button>a button</button><p contenteditable="true">text</p><slot></slot>
      <dialog><button>inside</button></dialog>`
  }
}
customElements.define('keyed-list', KeyedList)

class InnerSheet extends LitElement {
  only = false
  readonly keys = new Keys(this, () => [{ keys: 'j', label: 'Next in the sheet', run: () => pressed.push('inner j') }, { keys: 'Escape', label: 'Close', run: () => false }], { only: () => this.only })
  override render() {
    return html`<button>inner</button>`
  }
}
customElements.define('inner-sheet', InnerSheet)

const strike = (name: string, more: KeyboardEventInit = {}, target: Element = document.body) => {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  return event
}

async function place(keys: string | null = 'page'): Promise<KeyedList> {
  const list = document.createElement('keyed-list') as KeyedList
  if (keys) list.setAttribute('keys', keys)
  document.body.append(list)
  await list.updateComplete
  return list
}

const took = () => pressed.splice(0).join(' ')

describe('keys', () => {
  beforeEach(() => {
    pressed.length = 0
    extra = []
    setSingleKeys(true)
  })
  afterEach(clear)

  it('run what an element declares while it is connected, and stop with it', async () => {
    const list = await place()
    ok(strike('j').defaultPrevented, 'taken')
    equal(took(), 'j')
    list.remove()
    ok(!strike('j').defaultPrevented, 'left alone')
    equal(took(), '')
  })

  it('tell capitals by Shift, not by Caps Lock', async () => {
    await place()
    strike('R', { shiftKey: true })
    equal(took(), 'R')
    strike('R')
    equal(took(), '')
    strike('J')
    equal(took(), 'j')
  })

  it('know a letter by its place on a keyboard of another script', async () => {
    await place()
    strike('о', { code: 'KeyJ' })
    equal(took(), 'j')
  })

  it('wait for the second key of a sequence, and forget the first one after a while', async () => {
    await place()
    strike('g')
    strike('Shift', { shiftKey: true })
    strike('j')
    equal(took(), 'g j')
    strike('j')
    equal(took(), 'j')
    strike('g')
    strike('x')
    strike('j')
    equal(took(), 'j', 'a key that continues nothing ends the sequence')
  })

  it('are left to text fields, to editable text, and to what cannot be seen into', async () => {
    const list = await place()
    for (const field of ['input', 'textarea', '[contenteditable]']) strike('j', {}, list.renderRoot.querySelector(field)!)
    equal(took(), '')
    strike('j', {}, list.renderRoot.querySelector('[type=checkbox]')!)
    equal(took(), 'j', 'a checkbox takes no letters')
    const closed = document.createElement('closed-field')
    closed.attachShadow({ mode: 'closed' }).append(document.createElement('input'))
    document.body.append(closed)
    strike('j', {}, closed)
    equal(took(), '')
    strike('k', { ctrlKey: true }, list.renderRoot.querySelector('textarea')!)
    equal(took(), 'Mod+K', 'a key with Ctrl is no text')
  })

  it('leave modifiers, other handlers and repeated deeds alone', async () => {
    await place()
    for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) strike('j', more)
    strike('k', { ctrlKey: true, shiftKey: true })
    strike('R', { shiftKey: true, repeat: true })
    equal(took(), '')
    strike('j', { repeat: true })
    equal(took(), 'j', 'moving may repeat')
    const prevent = (event: Event) => event.preventDefault()
    document.body.addEventListener('keydown', prevent)
    strike('j')
    document.body.removeEventListener('keydown', prevent)
    equal(took(), '')
  })

  it('leave Space and Enter to the controls that they press', async () => {
    const list = await place()
    const at = (selector: string) => list.renderRoot.querySelector(selector)!
    for (const selector of ['button', '[type=checkbox]']) for (const name of [' ', 'Enter']) strike(name, {}, at(selector))
    strike('Enter', {}, at('a'))
    equal(took(), '')
    strike(' ', {}, at('a'))
    strike('Enter')
    equal(took(), 'Space Enter')
  })

  it('go to the element that the focus is in first, and to the next one if it has no use for them', async () => {
    const list = await place()
    const inner = document.createElement('inner-sheet') as InnerSheet
    list.append(inner)
    await inner.updateComplete
    const within = inner.renderRoot.querySelector('button')!
    strike('j', {}, within)
    equal(took(), 'inner j')
    strike('R', { shiftKey: true }, within)
    equal(took(), 'R')
    extra = [key('Escape')]
    strike('Escape', {}, within)
    equal(took(), 'Escape')
  })

  it('stay in a dialog while it is open', async () => {
    const list = await place()
    const dialog = list.renderRoot.querySelector('dialog')!
    dialog.showModal()
    strike('j', {}, dialog.querySelector('button')!)
    equal(took(), '')
    dialog.close()
    const inner = document.createElement('inner-sheet') as InnerSheet
    inner.only = true
    document.body.append(inner)
    strike('j')
    strike('R', { shiftKey: true })
    equal(took(), 'inner j')
  })

  it('work in a host\'s page only with the focus inside the element, or after a press inside it', async () => {
    const list = await place(null)
    strike('j')
    equal(took(), '')
    strike('j', {}, list.renderRoot.querySelector('a')!)
    equal(took(), 'j')
    list.renderRoot.querySelector('a')!.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }))
    strike('j')
    equal(took(), 'j')
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }))
    strike('j')
    equal(took(), '')
  })

  it('can be switched off by the host, and single ones by the reader', async () => {
    const list = await place()
    const around = document.createElement('div')
    around.setAttribute('keys', 'off')
    document.body.append(around)
    list.removeAttribute('keys')
    around.append(list)
    strike('j', {}, list.renderRoot.querySelector('a')!)
    strike('k', { ctrlKey: true })
    equal(took(), '')
    around.setAttribute('keys', 'page')
    setSingleKeys(false)
    strike('j')
    strike('g')
    strike('j')
    strike('k', { ctrlKey: true })
    equal(took(), 'Mod+K', 'keys with Ctrl stay')
    equal(localStorage.getItem('ops-powertools.single-keys'), 'off')
  })

  it('have one listener for the window, also with two copies of the library', async () => {
    await place()
    const copy = (await import('../../components/core/keys.ts?copy' as string)) as typeof import('../../components/core/keys.ts')
    ok(copy.Keys !== Keys, 'another copy')
    class OtherList extends LitElement {
      readonly keys = new copy.Keys(this, () => [key('n'), key('j')])
    }
    customElements.define('other-list', OtherList)
    const other = document.createElement('other-list')
    other.setAttribute('keys', 'page')
    document.body.append(other)
    strike('n')
    equal(took(), 'n')
    strike('j')
    equal(took(), 'j', 'once')
  })

  it('are listed in a sheet that ? opens and closes, with the switch for single keys', async () => {
    extra = [key('k', { label: 'Next, previous', group: 'list' }), key('i', { label: 'Next, previous', group: 'list' })]
    const list = await place()
    press('?')
    const opened = () => all<HTMLDialogElement>(list, 'dialog').find((each) => each.open)
    const dialog = await until(opened, 'the sheet')
    const words = seen(dialog)
    for (const part of ['Keyboard', 'Anywhere', 'Label of g j', 'g then j', 'Lists Next, previous k i', 'The chosen Label of R', 'In a preview Confirm Ctrl ↵']) ok(words.includes(part), `${part} in ${words}`)
    await accessible(list.renderRoot.querySelector('ops-shortcuts')!)
    const box = dialog.querySelector<HTMLInputElement>('input')!
    box.click()
    equal(localStorage.getItem('ops-powertools.single-keys'), 'off')
    box.click()
    equal(localStorage.getItem('ops-powertools.single-keys'), null)
    press('?')
    ok(!dialog.open, 'closed by the same key')
    press('?')
    await until(opened, 'the sheet again')
    button(list, 'Close')!.click()
    ok(!opened(), 'closed by its button')
  })
})
