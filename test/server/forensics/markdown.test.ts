import fc from 'fast-check'
import { lexer, type Token } from 'marked'
import { describe, expect, test } from 'vitest'
import { block, type Block, type Span } from '../../../schemas/index.ts'
import { codeBlock, codeSpan, escapeMarkdown, oneLine } from '../../../server/forensics/markdown-text.ts'
import { parseMarkdown, safeHref } from '../../../server/host/markdown.ts'

const spansOf = (blocks: Block[]): Span[] => blocks.flatMap((each) => (each.type === 'code' ? [] : each.type === 'list' ? each.items.flatMap(({ spans }) => spans) : each.spans))
const textOf = (blocks: Block[]) => blocks.map((each) => (each.type === 'code' ? each.text : spansOf([each]).map(({ text }) => text).join(''))).join('\n')

describe("the host's Markdown", () => {
  test('becomes paragraphs, headings, lists, code, emphasis and links', () => {
    const blocks = parseMarkdown('## First\n\nis the **mail *relay*** up? `systemctl status`\n\n1. call [the owner](https://wiki.example.com/on-call)\n   - or [the desk](/desk?x=1#y)\n2. wait\n\n```sh\nledger --check\n```')
    expect(blocks).toEqual([
      { type: 'heading', level: 2, spans: [{ text: 'First' }] },
      { type: 'paragraph', spans: [{ text: 'is the ' }, { text: 'mail ', strong: true }, { text: 'relay', strong: true, em: true }, { text: ' up? ' }, { text: 'systemctl status', code: true }] },
      {
        type: 'list',
        ordered: true,
        items: [
          { depth: 0, spans: [{ text: 'call ' }, { text: 'the owner', href: 'https://wiki.example.com/on-call' }] },
          { depth: 1, spans: [{ text: 'or ' }, { text: 'the desk', href: '/desk?x=1#y' }] },
          { depth: 0, spans: [{ text: 'wait' }] },
        ],
      },
      { type: 'code', text: 'ledger --check' },
    ])
  })

  test('keeps tags as they are written, and images as their description', () => {
    expect(textOf(parseMarkdown('<img src=x onerror=alert(1)>\n\nhello <b onclick=x>there</b> ![a **cat**](javascript:x)'))).toBe('<img src=x onerror=alert(1)>\nhello <b onclick=x>there</b> a **cat**')
  })

  test.each([
    ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['HTTP://EXAMPLE.com', 'http://example.com/'],
    ['/queues?queue=a b', '/queues?queue=a%20b'],
    ['javascript:alert(1)', undefined],
    [' java\nscript:alert(1)', undefined],
    ['data:text/html,<script>', undefined],
    ['vbscript:x', undefined],
    ['file:///etc/passwd', undefined],
    ['//evil.example.com', undefined],
    ['/\\evil.example.com', undefined],
    ['\\\\evil.example.com', undefined],
    ['/\t/evil.example.com', undefined],
    ['https://user:pass@example.com', undefined],
    ['https:evil.example.com', undefined],
    ['docs/runbook.html', undefined],
    ['#here', undefined],
    ['https://', undefined],
    ['', undefined],
  ])('%j leads to %j', (given, safe) => {
    expect(safeHref(given)).toBe(safe)
  })

  const piece = fc.oneof(
    fc.constantFrom('<script>alert(1)</script>', '<a href="javascript:alert(1)">x</a>', '[x](javascript:alert(1))', '[x](//evil.example.com)', '![x](https://evil.example.com/p.png)', '<https://evil@example.com>', '[a]: javascript:x\n\n[a]', '| a | b |\n|--|--|\n| <i> | [x](data:x) |', '- [ ] task', '> > quoted', '`` ` ``', '**', '__', '\u202e', '\u0000', '&lt;script&gt;', '&#106;avascript:', 'javascript&colon;alert(1)', '\ud800', '\n', '    ', '# ', '1. ', '~~~\n', '```html\n'),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ maxLength: 20 }),
  )
  const hostile = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))

  test('becomes nothing but known blocks with safe links, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const blocks = parseMarkdown(text)
        for (const each of blocks) expect(block.parse(each)).toEqual(each)
        for (const { href } of spansOf(blocks)) if (href !== undefined) expect(href).toMatch(/^(https?:\/\/[^@]*$|\/(?![/\\]))/)
        expect(JSON.stringify(blocks).isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('is cut off, and takes no time that grows with its depth', () => {
    const started = performance.now()
    for (const text of ['['.repeat(200_000), '> '.repeat(100_000), '- '.repeat(50_000), '*'.repeat(200_000), `${'<'.repeat(100_000)}a`]) parseMarkdown(text)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('text of anybody in the Markdown of an export', () => {
  const marks = fc.constantFrom('#', '*', '_', '`', '```', '[', ']', '(', ')', '<', '>', '!', '|', '\\', '\n', '\r', '\u2028', '- ', '1. ', '    ', '\t', '&amp;', '&#35;', 'https://evil.example.com', 'www.evil.example.com', '<img src=x onerror=alert(1)>', '[x](javascript:alert(1))', '---', '===', '~~~', '\u202e', '\u0000', 'word')
  const hostile = fc.array(fc.oneof(marks, fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 20 }).map((pieces) => pieces.join(''))

  /** Everything that the parser takes for more than text. */
  const markup = (tokens: Token[]): string[] =>
    tokens.flatMap((token) => [...(['text', 'escape', 'paragraph', 'list', 'list_item', 'space'].includes(token.type) ? [] : [token.type]), ...markup('tokens' in token && token.tokens ? token.tokens : []), ...('items' in token ? markup(token.items as Token[]) : [])])
  const words = (tokens: Token[]): string => tokens.map((token) => ('items' in token ? words(token.items as Token[]) : 'tokens' in token && token.tokens ? words(token.tokens) : token.type === 'escape' ? (token as { text: string }).text : token.raw)).join('')

  test('is text and nothing else, in one line of a list', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const tokens = lexer(`- before ${escapeMarkdown(text)} after\n- next`)
        expect(markup(tokens)).toEqual([])
        expect(tokens).toHaveLength(1)
        expect((tokens[0] as unknown as { items: unknown[] }).items).toHaveLength(2)
        expect(oneLine(words([(tokens[0] as unknown as { items: Token[] }).items[0]!]))).toBe(oneLine(`before ${oneLine(text)} after`))
      }),
      { numRuns: 500 },
    )
  })

  test('stays inside a code block or a code span', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const blocks = lexer(`x\n\n${codeBlock(text)}\n\ny`).filter(({ type }) => type !== 'space')
        expect(blocks.map(({ type }) => type).filter((type) => type !== 'paragraph' && type !== 'code')).toEqual([])
        expect(blocks.at(-1)?.raw.trim()).toBe('y')
        const spans = markup(lexer(`- a ${codeSpan(text)} b`))
        expect(spans.filter((type) => type !== 'codespan')).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
