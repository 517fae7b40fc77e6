import type { AxeResults, RunOptions } from 'axe-core'
import 'axe-core/axe.js'
import '../../components/index.ts'
import type { OpsElement } from '../../components/core/element.ts'
import { ok } from './assert.ts'
import type { FakeApi } from './fake-api.ts'

export * from './assert.ts'

declare global {
  interface Window {
    axe: { run(context: Element, options?: RunOptions): Promise<AxeResults> }
  }
}

/** The text a person can see in an element and in everything inside it, with single spaces. */
export function seen(root: Element | ShadowRoot | null | undefined): string {
  return root ? words(root).replace(/\s+/g, ' ').trim() : ''
}

function words(node: Node): string {
  if (node instanceof Text) return node.data
  if (node instanceof HTMLStyleElement || (node instanceof HTMLElement && node.hidden)) return ''
  const shadow = node instanceof Element && node.shadowRoot ? [...node.shadowRoot.childNodes] : []
  return [...shadow, ...node.childNodes].map(words).join(node instanceof Element ? ' ' : '')
}

/** Waits until `look` answers something; fails with what it saw last. */
export async function until<T>(look: () => T, what = 'the condition', milliseconds = 8000): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + milliseconds
  for (;;) {
    const value = look()
    if (value !== undefined && value !== null && value !== false) return value as Exclude<T, false | null | undefined>
    if (performance.now() > end) throw new Error(`Waited ${milliseconds} ms for ${what} in vain. The page reads: ${seen(document.body)}`)
    await new Promise((resume) => setTimeout(resume, 10))
  }
}

/** Places an element that talks to the given API, inside a provider as a host would. */
export function mount<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  api: FakeApi,
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const provider = document.createElement('ops-provider')
  provider.setAttribute('api', '/ops/jobs/api/v1')
  provider.fetch = api.fetch
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  provider.append(made)
  document.body.append(provider)
  return made
}

export function clear(): void {
  document.body.replaceChildren()
}

/** Finds by accessible name, through shadow roots. */
export function button(root: Element | ShadowRoot | null, name: string): HTMLButtonElement | undefined {
  return all<HTMLButtonElement>(root, 'button').find((each) => nameOf(each) === name && visible(each))
}

export function all<E extends Element>(root: Element | ShadowRoot | null | undefined, selector: string): E[] {
  if (!root) return []
  const scope = root instanceof Element && root.shadowRoot ? [root.shadowRoot, root] : [root]
  return scope.flatMap((each) => [
    ...each.querySelectorAll<E>(selector),
    ...[...each.querySelectorAll('*')].filter((inner) => inner.shadowRoot).flatMap((inner) => all<E>(inner.shadowRoot, selector)),
  ])
}

function nameOf(element: Element): string {
  return (element.getAttribute('aria-label') ?? seen(element)).trim()
}

function visible(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true })
}

export function press(key: string, target: Element = deepFocus()): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
}

export function deepFocus(): Element {
  let focused: Element = document.activeElement ?? document.body
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused
}

export function type(field: Element | null | undefined, text: string): void {
  ok(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement, 'the field')
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
  field.dispatchEvent(new Event('change', { bubbles: true, composed: true }))
}

const rules: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // These look at a whole page; what is tested here is a piece of one.
  rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false }, 'landmark-one-main': { enabled: false } },
}

/** Fails with each rule that an element breaks, and where. */
export async function accessible(element: Element): Promise<void> {
  const { violations } = await window.axe.run(element, rules)
  if (violations.length === 0) return
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(' ')}: ${node.failureSummary}`).join('\n')}`)
  throw new Error(told.join('\n'))
}

export type { OpsElement }
