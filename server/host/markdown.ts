import { lexer, type Token, type Tokens } from 'marked'
import type { Block, Span } from '../../schemas/index.ts'

/** Longer texts are cut off; a runbook is not a book. */
const maxLength = 20_000
const maxDepth = 8

/**
 * Parses Markdown into a closed list of blocks. Nothing in it is HTML or becomes HTML: tags stay text, images become their description,
 * and only web addresses and paths become links. Never throws.
 */
export function parseMarkdown(text: string): Block[] {
  const given = plain(text).slice(0, maxLength)
  try {
    return lexer(given).flatMap((token) => blocksOf(token))
  } catch {
    // Nested deeper than the parser can follow.
    return [{ type: 'code', text: given }]
  }
}

/** Characters that reorder or hide text could make a link read as another. */
function plain(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\r\t]|\p{Cf}/gu, '')
}

function blocksOf(token: Token, nested = 0): Block[] {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'def':
      return []
    case 'heading':
      return [{ type: 'heading', level: (token as Tokens.Heading).depth, spans: spansOf((token as Tokens.Heading).tokens) }]
    case 'code':
      return [{ type: 'code', text: (token as Tokens.Code).text }]
    case 'list':
      return [{ type: 'list', ordered: Boolean((token as Tokens.List).ordered), items: itemsOf(token as Tokens.List, 0) }]
    case 'blockquote':
      return nested < maxDepth ? (token as Tokens.Blockquote).tokens.flatMap((inner) => blocksOf(inner, nested + 1)) : [paragraph([{ text: token.raw }])]
    case 'paragraph':
    case 'text':
      return [paragraph(spansOf('tokens' in token && token.tokens ? token.tokens : [token]))]
    default:
      // Tables, HTML and whatever a later version of the parser knows: as they were written.
      return [paragraph([{ text: token.raw.trim() }])]
  }
}

function paragraph(spans: Span[]): Block {
  return { type: 'paragraph', spans }
}

/** Items of inner lists follow their outer item, one step deeper. */
function itemsOf(list: Tokens.List, depth: number): { depth: number; spans: Span[] }[] {
  return list.items.flatMap((item) => {
    const inner = item.tokens.filter((token): token is Tokens.List => token.type === 'list')
    const own = item.tokens.filter((token) => token.type !== 'list')
    return [{ depth, spans: own.flatMap(lineOf) }, ...(depth < maxDepth ? inner.flatMap((each) => itemsOf(each, depth + 1)) : [])]
  })
}

/** What stands in an item of a list, on one line. */
function lineOf(token: Token): Span[] {
  if (token.type === 'code') return [{ text: (token as Tokens.Code).text, code: true }]
  if ((token.type === 'text' || token.type === 'paragraph') && 'tokens' in token && token.tokens) return spansOf(token.tokens)
  return [{ text: token.raw.trim() }]
}

type Marks = Omit<Span, 'text'>

function spansOf(tokens: Token[], marks: Marks = {}, depth = 0): Span[] {
  return tokens.flatMap((token) => (depth > maxDepth ? [{ ...marks, text: token.raw }] : spanOf(token, marks, depth)))
}

function spanOf(token: Token, marks: Marks, depth: number): Span[] {
  const inner = (added: Marks) => spansOf((token as Tokens.Strong).tokens ?? [], { ...marks, ...added }, depth + 1)
  switch (token.type) {
    case 'strong':
      return inner({ strong: true })
    case 'em':
      return inner({ em: true })
    case 'del':
      return inner({})
    case 'codespan':
      return [{ ...marks, text: (token as Tokens.Codespan).text, code: true }]
    case 'br':
      return [{ ...marks, text: '\n' }]
    case 'escape':
      return [{ ...marks, text: (token as Tokens.Escape).text }]
    case 'image':
      return [{ ...marks, text: (token as Tokens.Image).text }]
    case 'link': {
      const href = safeHref((token as Tokens.Link).href)
      return inner(href === undefined ? {} : { href })
    }
    case 'text': {
      const { tokens } = token as Tokens.Text
      return tokens ? spansOf(tokens, marks, depth + 1) : [{ ...marks, text: (token as Tokens.Text).raw }]
    }
    default:
      return [{ ...marks, text: token.raw }]
  }
}

const here = 'https://here.invalid'

/** The address as the browser will read it, if it is a web address without credentials or a path of this host; undefined for anything else. */
export function safeHref(given: string): string | undefined {
  const text = given.trim()
  if (!URL.canParse(text, here)) return undefined
  const { protocol, username, password, origin, href, pathname, search, hash } = new URL(text, here)
  if (username || password) return undefined
  if (origin === here) return text.startsWith('/') ? pathname + search + hash : undefined
  return /^https?:\/\//i.test(text) && /^https?:$/.test(protocol) ? href : undefined
}
