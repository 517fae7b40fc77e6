import { later } from './later.ts'
import { type Catalogue, english, type Language } from './words.ts'

/** The languages that there are catalogues for, each loaded when a reader's language asks for it. English is in the sources. */
const catalogues: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  ar: later(() => import('../words/ar.ts')),
  de: later(() => import('../words/de.ts')),
  es: later(() => import('../words/es.ts')),
  ja: later(() => import('../words/ja.ts')),
}
const loaded: Record<string, Catalogue> = {}

/** An element whose language follows its place on the page. */
interface Follower extends Element {
  /** The language or the direction may have changed. */
  followLanguage(): void
}

const followers = new Set<Follower>()
const watched = new WeakSet<Node>()
let observer: MutationObserver | undefined

/** Calls `followLanguage` whenever `lang` or `dir` changes anywhere around the element, or a catalogue has arrived. */
export function follow(element: Follower): void {
  followers.add(element)
}

export function unfollow(element: Follower): void {
  followers.delete(element)
}

function followAll(): void {
  for (const follower of followers) follower.followLanguage()
}

/** The nearest `lang`, also across shadow roots; undefined if there is none. */
export function langAround(element: Element): string | undefined {
  for (let at: Element | undefined = element; at; ) {
    const root = at.getRootNode()
    // One observer for everything: a change inside a shadow root is not seen from the document.
    if (!watched.has(root)) (observer ??= new MutationObserver(followAll)).observe(root, { subtree: true, attributes: true, attributeFilter: ['lang', 'dir'] })
    watched.add(root)
    const nearest = at.closest('[lang]')
    if (nearest) return nearest.getAttribute('lang') || undefined
    at = (root as ShadowRoot).host
  }
  return undefined
}

/**
 * The words for a language tag: `de-AT` finds German. A language without a catalogue has English words, with its own dates and numbers.
 *
 * @param lang - The language around, a BCP 47 tag.
 * @param locale - What the host wants for dates and numbers instead.
 */
export function languageFor(lang?: string, locale?: string, wording?: Catalogue): Language {
  const asked = canonical(lang)
  const words = asked?.split('-')[0] ?? ''
  // Plain English has the day before the month, as the texts do.
  const tag = canonical(locale) ?? (asked === undefined || asked === 'en' ? english.tag : asked)
  const known = Object.hasOwn(catalogues, words)
  if (known && !loaded[words]) void load(words)
  return { tag, words: loaded[words] ? words : undefined, catalogue: loaded[words], wording }
}

/** What cannot be loaded is tried again when the language is next asked for; until then, the words are English. */
async function load(words: string): Promise<void> {
  const module = await catalogues[words]!().catch(() => undefined)
  if (!module || loaded[words]) return
  loaded[words] = module.default
  followAll()
}

/** Undefined for what is not a language tag, e.g. `de_DE`. */
function canonical(tag: string | undefined): string | undefined {
  try {
    return tag ? Intl.getCanonicalLocales(tag)[0] : undefined
  } catch {
    return undefined
  }
}
