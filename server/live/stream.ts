import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type LiveHint, subjectAccess, type ViewAction } from '../../schemas/index.ts'
import { viewOfEvents } from '../audit/list.ts'
import type { PublishedHint } from '../db/hint.ts'
import { pageOf } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import type { Hub } from './hub.ts'
import { Outbox } from './outbox.ts'

const heartbeatMs = 15_000
/** A reader that has taken nothing for so long is not there any more. */
const maxStalledMs = 30_000
/** What the host said about somebody is taken for true so long. */
const trustMs = 5_000

const topicViews: Record<string, ViewAction> = {
  overview: 'view_overview',
  ...Object.fromEntries(Object.values(subjectAccess).map(({ topic, view }) => [topic, view])),
}

export interface Following {
  response: ServerResponse
  /** Asked for before the first byte is written: a host that cannot say so now is an error like any other. */
  hearing: Hearing
  hub: Hub
  /** Where an earlier stream ended; empty for a new one. */
  lastEventId: string
  /** Asks the host anew who is there; null when nobody is any more. */
  reopen(): Promise<Scope | null>
}

/** Writes hints to one reader for as long as it listens, no faster than it reads. */
export function followHints({ response, hearing, hub, lastEventId, reopen }: Following): void {
  const outbox = new Outbox()
  if (response.destroyed) return
  response.write('retry: 1000\n: welcome\n\n')
  let sending = false
  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    while (outbox.size && !response.writableEnded && !response.destroyed) {
      if (response.writableNeedDrain) await drained(response)
      try {
        const stillThere = await askAgain(hearing, reopen)
        const numbered = outbox.next()
        const hint = stillThere && numbered ? await hintFor(hearing, numbered.hint) : undefined
        if (!stillThere) response.end()
        else if (hint) response.write(`id: ${numbered!.id}\nevent: hint\ndata: ${JSON.stringify(hint)}\n\n`)
      } catch {
        // Who cannot be asked about hears nothing; the browser comes back and asks again.
        response.end()
      }
    }
    sending = false
  }
  const leave = [
    hub.subscribe((numbered) => {
      outbox.add(numbered)
      void send()
    }),
    hub.onClose(() => response.end()),
    keepOpen(response),
  ]
  response.on('error', () => response.destroy())
  response.on('close', () => {
    for (const undo of leave) undo()
  })
  if (lastEventId) for (const numbered of hub.since(lastEventId)) outbox.add(numbered)
  void send()
}

function keepOpen(response: ServerResponse): () => void {
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n')
  }, heartbeatMs)
  return () => clearInterval(heartbeat)
}

/** Waits until the reader has taken what was written; one that takes nothing is cut off, and only that one. */
async function drained(response: ServerResponse): Promise<void> {
  const stalled = setTimeout(() => response.destroy(), maxStalledMs)
  const waiting = new AbortController()
  try {
    await Promise.race([once(response, 'drain', waiting), once(response, 'close', waiting)])
  } catch {
    // an error of the response: it closes
  } finally {
    clearTimeout(stalled)
    waiting.abort()
  }
}

/** Whose stream it is, and what they may hear of; true for a while, because rights are taken away and people sign out. */
export interface Hearing {
  scope: Scope
  topics: Set<string>
  askedAt: number
}

export async function hearingOf(scope: Scope): Promise<Hearing> {
  return { scope, topics: await allowedTopics(scope), askedAt: performance.now() }
}

/** The host is asked again who is there and what they may; false ends the stream. */
async function askAgain(hearing: Hearing, reopen: Following['reopen']): Promise<boolean> {
  if (performance.now() - hearing.askedAt < trustMs) return true
  const scope = await reopen()
  if (!scope) return false
  Object.assign(hearing, await hearingOf(scope))
  return true
}

/** For whoever may see the page and what the hint is about. Others do not hear that anything happened. */
async function hintFor({ scope: { viewer }, topics }: Hearing, hint: PublishedHint): Promise<LiveHint | undefined> {
  const { topic, subject, about = subject, resource, queues, allQueues } = hint
  const view = topicViews[topic]
  if (!topics.has(topic)) return undefined
  if (queues && view) {
    const seen = await visible(viewer, queues, view, (queue) => ({ type: 'queue', id: queue, queue }))
    return seen.length ? { topic } : undefined
  }
  if (about && allQueues?.length) {
    const seen = await visible(viewer, allQueues, 'view_jobs', (queue) => ({ ...about, queue }))
    return seen.length === allQueues.length ? { topic, subject } : undefined
  }
  if (!about || !view) return { topic }
  const { allowed } = await viewer.can(viewOfEvents(about.type), { ...(about.type === 'queue' && { queue: about.id }), ...resource, ...about })
  return allowed ? { topic, subject } : undefined
}

async function allowedTopics({ viewer }: Scope): Promise<Set<string>> {
  const topics = await Promise.all(
    Object.entries(topicViews).map(async ([topic, view]) => {
      const { allowed } = await viewer.can(view, pageOf(view))
      return allowed ? [topic] : []
    }),
  )
  return new Set(['reset', ...topics.flat()])
}
