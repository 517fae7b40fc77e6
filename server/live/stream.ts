import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type LiveHint, subjectAccess, type ViewAction } from '../../schemas/index.ts'
import { viewOfEvents } from '../audit/list.ts'
import type { PublishedHint } from '../db/hint.ts'
import { pageOf } from '../host/auth.ts'
import { isSameActor } from '../host/viewer.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { listRefusedQueues } from '../queues/known.ts'
import type { Hub } from './hub.ts'
import { Outbox } from './outbox.ts'

const heartbeatMs = 15_000
/** A reader that has accepted no data for this long is considered gone. */
const maxStalledMs = 30_000
/** How long the host's answers about an actor are trusted before it is asked again. */
const trustMs = 5_000

const topicViews: Record<string, ViewAction> = {
  overview: 'view_overview',
  ...Object.fromEntries(Object.values(subjectAccess).map(({ topic, view }) => [topic, view])),
}

/** The overview is made of jobs and queues, each as far as the viewer may see it. */
const overviewParts: readonly ViewAction[] = ['view_jobs', 'view_queues']

export interface Following {
  response: ServerResponse
  /** Opened before the first byte is written, so that a failure of the host becomes an ordinary error response. */
  subscription: Subscription
  hub: Hub
  /** Where an earlier stream ended; empty for a new one. */
  lastEventId: string
  /** Asks the host again who is signed in; null if no one is. */
  reopen(): Promise<Scope | null>
}

/** Streams hints to one reader until it disconnects, no faster than it reads. */
export function followHints({ response, subscription, hub, lastEventId, reopen }: Following): void {
  const outbox = new Outbox()
  if (response.destroyed) return
  response.write('retry: 1000\n: welcome\n\n')
  let sending = false
  let measuredAt: string | undefined
  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    while ((outbox.size || measuredAt) && !response.writableEnded && !response.destroyed) {
      if (response.writableNeedDrain) await waitForDrain(response)
      try {
        const stillAllowed = await refresh(subscription, reopen)
        const numbered = outbox.next()
        const hint = stillAllowed && numbered ? await hintFor(subscription, numbered.hint) : undefined
        if (!stillAllowed) response.end()
        else if (hint) response.write(`id: ${numbered!.id}\nevent: hint\ndata: ${JSON.stringify({ ...hint, after: numbered!.hint.after })}\n\n`)
        else if (!numbered) {
          // After the hints of the same measurement: a reader who gets it knows of every change up to then.
          response.write(`: measured ${measuredAt}\n\n`)
          measuredAt = undefined
        }
      } catch {
        // Without the host's answer nothing may be sent; the browser reconnects and tries again.
        response.end()
      }
    }
    sending = false
  }
  const cleanups = [
    hub.subscribe((numbered) => {
      outbox.add(numbered)
      void send()
    }),
    hub.onBeat((at) => {
      measuredAt = at
      void send()
    }),
    hub.onClose(() => response.end()),
    startHeartbeat(response),
  ]
  response.on('error', () => response.destroy())
  response.on('close', () => {
    for (const cleanUp of cleanups) cleanUp()
  })
  if (lastEventId) for (const numbered of hub.since(lastEventId)) outbox.add(numbered)
  void send()
}

function startHeartbeat(response: ServerResponse): () => void {
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n')
  }, heartbeatMs)
  return () => clearInterval(heartbeat)
}

/** Waits until the reader has accepted what was written; a stalled reader is disconnected. */
async function waitForDrain(response: ServerResponse): Promise<void> {
  const stalled = setTimeout(() => response.destroy(), maxStalledMs)
  const waiting = new AbortController()
  try {
    await Promise.race([once(response, 'drain', waiting), once(response, 'close', waiting)])
  } catch {
    // an error on the response: it will close
  } finally {
    clearTimeout(stalled)
    waiting.abort()
  }
}

/** A stream's actor and the topics it may receive. Refreshed regularly, because permissions change and users sign out. */
export interface Subscription {
  scope: Scope
  topics: Set<string>
  /** Is some queue hidden from the actor? Looked up when it first matters. */
  restricted?: Promise<boolean>
  refreshedAt: number
}

export async function openSubscription(scope: Scope): Promise<Subscription> {
  return { scope, topics: await allowedTopics(scope), restricted: undefined, refreshedAt: performance.now() }
}

/** Asks the host again who is signed in and what they may see; false ends the stream. */
async function refresh(subscription: Subscription, reopen: Following['reopen']): Promise<boolean> {
  if (performance.now() - subscription.refreshedAt < trustMs) return true
  const scope = await reopen()
  if (!scope) return false
  Object.assign(subscription, await openSubscription(scope))
  return true
}

/** The hint, if the viewer may see both the page and the subject; otherwise undefined, so that nothing reveals the change. */
async function hintFor(subscription: Subscription, hint: PublishedHint): Promise<LiveHint | undefined> {
  const { scope: { viewer }, topics } = subscription
  const { topic, subject, about = subject, resource, queues, allQueues } = hint
  const view = topicViews[topic]
  if (!topics.has(topic)) return undefined
  if (queues && view) {
    for (const each of topic === 'overview' ? overviewParts : [view]) {
      const seen = await visible(viewer, queues, each, (queue) => ({ type: 'queue', id: queue, queue }))
      if (seen.length) return { topic }
    }
    return undefined
  }
  if (about && allQueues?.length) {
    const seen = await visible(viewer, allQueues, 'view_jobs', (queue) => ({ ...about, queue }))
    return seen.length === allQueues.length ? { topic, subject } : undefined
  }
  if (!about || !view) return { topic }
  if (topic === 'audit' && !(await isInLog(subscription, hint))) return undefined
  const { allowed } = await viewer.can(viewOfEvents(about.type), { ...(about.type === 'queue' && { queue: about.id }), ...resource, ...about })
  return allowed ? { topic, subject } : undefined
}

/** As in the audit log: if a queue is hidden from the viewer, so are other actors' events that name no queue. */
async function isInLog(subscription: Subscription, { about, resource, actor }: PublishedHint): Promise<boolean> {
  const { scope } = subscription
  const { principal } = scope.viewer
  if (about?.type === 'queue' || resource?.queue !== undefined) return true
  if (actor && principal && isSameActor(actor, principal)) return true
  return !(await (subscription.restricted ??= listRefusedQueues(scope).then((refused) => refused.length > 0, () => true)))
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
