import type { LitElement } from 'lit'
import { version } from '../../schemas/protocol.ts'
import { page } from './page.ts'
import { type Language, speaking, spoken } from './words.ts'

export type ElementClass = typeof LitElement & CustomElementConstructor

/** Where the elements of this copy are defined. The pages that change it load what it takes: `hold.ts`, `second-copy.ts`, `classes.ts`. */
export const registration: {
  /** Classes that wait; undefined: each is defined as it loads. */
  waiting?: [name: string, elementClass: ElementClass][]
  /** The host says when to define them; `hold.ts` asks for that. */
  held: boolean
  /** What is inside our elements is looked up here. */
  inner?: CustomElementRegistry
  define(name: string, elementClass: ElementClass): void
} = {
  held: Symbol.for('ops-powertools.hold') in globalThis,
  define(name, elementClass) {
    if (!customElements.get(name)) customElements.define(name, elementClass)
  },
}

if (!page.versions.includes(version)) page.versions.push(version)
if (registration.held) registration.waiting = []
if (page.versions[0] !== version) {
  registration.waiting ??= []
  void import('./second-copy.ts').then((copy) => copy.settle(page.versions[0]!))
}

/** Class decorator: defines the element, unless another copy on the page already did. */
export function element(name: string) {
  return (constructor: CustomElementConstructor): void => {
    const elementClass = constructor as ElementClass
    speakInside(elementClass)
    if (registration.waiting) registration.waiting.push([name, elementClass])
    else registration.define(name, elementClass)
  }
}

/** Everything is rendered with the words of the page element it belongs to. */
function speakInside({ prototype }: ElementClass): void {
  const { performUpdate } = prototype as unknown as { performUpdate(): void }
  Object.assign(prototype, {
    performUpdate(this: LitElement) {
      speaking(languageOf(this) ?? spoken(), () => performUpdate.call(this))
    },
  })
}

/** Of a part, that of the page element in whose shadow root it is. */
function languageOf(element: Element | undefined): Language | undefined {
  if (!element) return undefined
  return (element as { speech?: Language }).speech ?? languageOf((element.getRootNode() as ShadowRoot).host)
}

/** Makes one of our elements, to be placed inside another. */
export function createElement(name: string): HTMLElement {
  return document.createElement(name, { customElementRegistry: registration.inner })
}

/** Resolves once one of our elements can be used inside another. */
export function whenDefined(name: string): Promise<unknown> {
  return (registration.inner ?? customElements).whenDefined(name)
}
