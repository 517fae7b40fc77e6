import { type Block, incidentClasses } from '../../schemas/index.ts'
import { parseMarkdown, safeHref } from './markdown.ts'

/** What a host adds to the runbook of one class of incident, or of one type of subject. */
export interface HostRunbook {
  /** Heads the text. Default: `From this host`. */
  title?: string
  /** Markdown: paragraphs, headings, lists, code, emphasis and links. HTML in it is shown as it is written. */
  text?: string
  /** `href`: a web address, or a path that begins with a slash. */
  links?: { label: string; href: string }[]
}

/** Types of subjects that may have a text of the host, besides the classes of incidents. */
export const runbookSubjects = ['cron_entry', 'job', 'queue', 'bulk', 'executor', 'error_group', 'audit_event'] as const

export type HostRunbooks = Partial<Record<keyof typeof incidentClasses | (typeof runbookSubjects)[number], HostRunbook>>

/** The checked option, its text parsed once. */
export interface ParsedRunbook {
  title: string
  text?: string
  blocks: Block[]
  links: { label: string; href: string }[]
}

const known = [...Object.keys(incidentClasses), ...runbookSubjects]

/** @throws Error which names the invalid option and what was expected */
export function parseRunbooks(runbooks: HostRunbooks = {}): ReadonlyMap<string, ParsedRunbook> {
  return new Map(Object.entries(runbooks).map(([key, value]) => [requireKnown(key), parseRunbook(key, value)]))
}

function requireKnown(key: string): string {
  if (known.includes(key)) return key
  throw new Error(`createOps: 'runbooks.${key}' is neither a class of incidents nor a type of subject; expected one of ${known.join(', ')}.`)
}

function parseRunbook(key: string, given: unknown): ParsedRunbook {
  const { title = 'From this host', text, links = [] } = (given ?? {}) as HostRunbook
  if (typeof title !== 'string') throw new Error(`createOps: 'runbooks.${key}.title' is ${typeof title}; expected text.`)
  if (text !== undefined && typeof text !== 'string') throw new Error(`createOps: 'runbooks.${key}.text' is ${typeof text}; expected Markdown as text.`)
  if (!Array.isArray(links)) throw new Error(`createOps: 'runbooks.${key}.links' is ${typeof links}; expected a list of { label, href }.`)
  return { title, text, blocks: text === undefined ? [] : parseMarkdown(text), links: links.map((link, index) => parseLink(`runbooks.${key}.links[${index}]`, link)) }
}

function parseLink(place: string, { label, href }: { label: string; href: string }): { label: string; href: string } {
  const safe = typeof href === 'string' ? safeHref(href) : undefined
  if (typeof label !== 'string' || !label.trim()) throw new Error(`createOps: '${place}.label' is missing; expected text.`)
  if (safe === undefined) throw new Error(`createOps: '${place}.href' is ${JSON.stringify(href)}; expected a web address (http or https, without credentials) or a path that begins with a slash.`)
  return { label, href: safe }
}
