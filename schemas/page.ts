import { z } from 'zod'
import { instant, text } from './words.ts'

/** Lists return up to `limit` items (default 50, maximum 200) and an opaque cursor to the next page. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: text({ max: 4000 }).optional(),
}

export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional(), asOf: instant })
}
