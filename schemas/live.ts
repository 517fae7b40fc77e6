import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { text } from './words.ts'

/** A hint that something changed. It never carries the data; interested clients read it again. */
export const liveHint = z.object({
  topic: z.string().describe('`cron`, `audit`, `overview`, or `reset`: hints may have been lost, so read everything again.'),
  subject: z.object({ type: z.string(), id: z.string() }).optional(),
  after: z.string().optional().describe('Send it as `Ops-After` with what is read because of this hint, so that the answer includes the change. Only if lists are read from a replica.'),
})
export type LiveHint = z.infer<typeof liveHint>

export const streamLive = endpoint('streamLive', {
  summary: 'Server-sent events: hints about what changed. `Last-Event-ID` resumes the stream; a comment every 15 s keeps the connection open',
  access: 'session',
  headers: z.object({ 'last-event-id': text({ max: 100 }).optional() }),
  output: z.string(),
  media: 'event-stream',
})
