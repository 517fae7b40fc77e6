import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { later } from './later.ts'

/** Where the sheet of keys lists a key. */
export type KeyGroup = 'anywhere' | 'list' | 'chosen' | 'preview'

export interface Key {
  /**
   * As `event.key` names it: `j`, `?`, `Space`, `Enter`, `Escape`, `ArrowDown`. A capital is with Shift (`R`). `g j` is one after the
   * other. `Mod+K` is with Ctrl, or with Cmd on a Mac; such a key also works in text fields.
   */
  keys: string
  label: string
  /** Default `anywhere`. */
  group?: KeyGroup
  /**
   * Returns false if the key has no meaning now; it then goes to the next element that declares it. Without `run` the key is only
   * listed, because the page handles it itself.
   */
  run?: (event: KeyboardEvent) => unknown
}

export interface KeyOptions {
  /** While this returns true, as in an open dialog, no other element gets keys. */
  only?: () => boolean
}

/** What an element declares. Shared by all copies of the library on the page, so its shape stays. */
interface Owner extends KeyOptions {
  host: HTMLElement
  list: () => readonly Key[]
}

interface Registry {
  owners: Owner[]
  /** The first keys of a sequence, and when the last of them was pressed. */
  begun: string
  begunAt: number
  /** What the last pointer press was inside of: a press on plain text moves the focus to nothing. */
  touched: EventTarget[]
  /** The reader's choice where nothing can be stored. */
  singleKeys?: boolean
}

const registryKey = Symbol.for('ops-powertools.keys')
const stored = 'ops-powertools.single-keys'
const sequenceMs = 2000
const mayRepeat = new Set(['j', 'k', 'ArrowDown', 'ArrowUp'])

const loadSheet = later(() => import('../parts/shortcuts.ts'))

/**
 * Declares keys while its host is connected. Inside `ops-shell` they work wherever the focus is; in a host's own page only while the
 * focus is inside the element, so that they never take a key from the host. `keys="page"` on any surrounding element extends them to
 * the page, `keys="off"` switches them off.
 *
 *     private readonly keys = new Keys(this, () => [{ keys: 'R', label: t`Retry…`, group: 'chosen', run: () => this.retry() }])
 */
export class Keys implements ReactiveController {
  private readonly owner: Owner

  constructor(host: ReactiveControllerHost & HTMLElement, list: () => readonly Key[], options: KeyOptions = {}) {
    this.owner = { host, list, ...options }
    host.addController(this)
  }

  hostConnected() {
    registry().owners.push(this.owner)
  }

  hostDisconnected() {
    const shared = registry()
    shared.owners = shared.owners.filter((owner) => owner !== this.owner)
  }
}

/** Every key that is declared now, the innermost element's first. */
export function declaredKeys(): readonly Key[] {
  return registry()
    .owners.toReversed()
    .filter(({ host }) => scopeOf(host) !== 'off')
    .flatMap(({ list }) => list())
}

/** Whether this reader uses keys of a single character; they can be switched off in the sheet of keys. */
export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(stored) !== 'off'
  } catch {
    return registry().singleKeys ?? true
  }
}

export function setSingleKeys(on: boolean): void {
  registry().singleKeys = on
  try {
    if (on) localStorage.removeItem(stored)
    else localStorage.setItem(stored, 'off')
  } catch {
    // Where nothing can be stored, the choice holds until the page is left.
  }
}

/** Where Cmd is what Ctrl is elsewhere. */
export function isMac(): boolean {
  return /Mac|iP/.test(navigator.platform)
}

/** Opens the sheet of keys inside `host`, whose theme it takes. */
export async function showKeys(host: HTMLElement): Promise<void> {
  const { openShortcuts } = await loadSheet()
  openShortcuts(host)
}

/** One registry and one listener for the window, also if two copies of the library are on the page. */
function registry(): Registry {
  const place = globalThis as { [registryKey]?: Registry }
  let shared = place[registryKey]
  if (!shared) {
    shared = place[registryKey] = { owners: [], begun: '', begunAt: 0, touched: [] }
    addEventListener('keydown', handleKey)
    addEventListener('pointerdown', (event) => (registry().touched = event.composedPath()), { capture: true, passive: true })
  }
  return shared
}

function handleKey(event: KeyboardEvent): void {
  const name = nameOf(event)
  if (!name || event.defaultPrevented || event.isComposing) return
  const path = event.composedPath()
  if (!/^(Mod|Alt)\+/.test(name) && takes(path[0], name)) return
  if (event.repeat && !mayRepeat.has(name)) return
  const shared = registry()
  const keys = shared.begun && event.timeStamp - shared.begunAt < sequenceMs ? `${shared.begun} ${name}` : name
  shared.begun = ''
  const owners = ownersFor(path, keys)
  const declared = owners.flatMap(({ list }) => list())
  const ran = declared.some((key) => key.keys === keys && key.run && key.run(event) !== false)
  if (!ran && keys === '?' && owners[0]) void showKeys(owners[0].host)
  else if (!ran && declared.some((key) => key.keys.startsWith(`${keys} `))) Object.assign(shared, { begun: keys, begunAt: event.timeStamp })
  else if (!ran) return
  event.preventDefault()
}

/** The owners that a key goes to: those the focus is in from the inside out, then the others, the newest first. */
function ownersFor(path: EventTarget[], keys: string): Owner[] {
  const owners = registry().owners.toReversed()
  const only = owners.find((owner) => owner.only?.())
  if (only) return [only]
  const modal = path.findIndex((node) => node instanceof HTMLDialogElement && node.matches(':modal'))
  const inside = modal < 0 ? path : path.slice(0, modal)
  const depth = ({ host }: Owner) => (inside.includes(host) ? inside.indexOf(host) : Infinity)
  return owners
    .filter((owner) => hears(owner, inside, keys) && (modal < 0 || depth(owner) < Infinity))
    .toSorted((one, other) => (depth(one) === depth(other) ? 0 : depth(one) - depth(other)))
}

function hears({ host }: Owner, path: EventTarget[], keys: string): boolean {
  const scope = scopeOf(host)
  if (scope === 'off') return false
  // A key that works only with the focus inside needs no switch, so the sheet with the switch can be opened there.
  if (/^\S( |$)/.test(keys) && !hasSingleKeys() && (scope === 'page' || keys !== '?')) return false
  return scope === 'page' || path.includes(host) || (path[0] === document.body && registry().touched.includes(host))
}

/** Where an element's keys work: `page`, `inside` or `off`, as the nearest surrounding element says. */
function scopeOf(host: Element): string {
  for (let node: Element | null = host; node; node = node.parentElement ?? hostOf(node)) {
    const scope = node.getAttribute('keys')
    if (scope) return scope
    if (node.localName === 'ops-shell') return 'page'
  }
  return 'inside'
}

function hostOf(node: Node): Element | null {
  const root = node.getRootNode()
  return root instanceof ShadowRoot ? root.host : null
}

/** e.g. `j`, `R`, `?`, `Space`, `Mod+K`, `Shift+Enter`; empty for a modifier alone. */
function nameOf(event: KeyboardEvent): string {
  const { key, code, shiftKey } = event
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified'].includes(key) || !key) return ''
  // AltGr is how some layouts type a symbol; Windows reports it as Ctrl and Alt.
  const typed = event.getModifierState('AltGraph')
  const mod = !typed && (isMac() ? event.metaKey : event.ctrlKey)
  const alt = !typed && event.altKey
  if (!typed && !mod && (event.metaKey || event.ctrlKey)) return ''
  // On a keyboard of another script, the letter is the one at that place; Caps Lock does not make a capital.
  const letter = /^[a-z]$/i.test(key) ? key : key.length === 1 && key > '\x7f' ? /^Key([A-Z])$/.exec(code)?.[1] : undefined
  const name = letter ? (mod || shiftKey ? letter.toUpperCase() : letter.toLowerCase()) : key === ' ' ? 'Space' : key
  const shift = shiftKey && (mod || alt || name.length > 1)
  return `${mod ? 'Mod+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${name}`
}

const controls = 'button, summary, input, select, [role=button], [role=checkbox], [role=switch], [role=tab], [role=option], [role=menuitem]'
const listening = '[role=textbox], [role=combobox], [role=searchbox], [role=listbox], [role=menu], [role=menu] *, [role=listbox] *, [role=application]'

/** Whether what has the focus uses the key itself: text that is typed, or a control that Space or Enter presses. */
function takes(target: EventTarget | undefined, name: string): boolean {
  if (!(target instanceof Element)) return false
  // Nobody can see whether there is a text field behind a closed shadow root.
  if (target.localName.includes('-') && !target.shadowRoot) return true
  if (target.matches(`:read-write, select, ${listening}`)) return true
  if (name === 'Escape' || name.length === 1) return false
  return target.matches(name === 'Space' ? controls : `${controls}, a[href]`)
}
