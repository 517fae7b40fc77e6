import { z } from 'zod'

/** Some words of a line. There is no markup in `text`: what it looks like is said by the marks beside it. */
export const span = z.object({
  text: z.string(),
  strong: z.boolean().optional(),
  em: z.boolean().optional(),
  code: z.boolean().optional(),
  href: z.string().optional().describe('`http:` or `https:`, or a path that begins with a slash; nothing else becomes a link.'),
})
export type Span = z.infer<typeof span>

/** What Markdown of a host becomes. A closed list of blocks, so that whoever shows it never handles HTML. */
export const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('paragraph'), spans: z.array(span) }),
  z.object({ type: z.literal('heading'), level: z.number().int().min(1).max(6), spans: z.array(span) }),
  z.object({ type: z.literal('code'), text: z.string() }),
  /** `depth` is 0 for the outermost items. */
  z.object({ type: z.literal('list'), ordered: z.boolean(), items: z.array(z.object({ depth: z.number().int(), spans: z.array(span) })) }),
])
export type Block = z.infer<typeof block>
