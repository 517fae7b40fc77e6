import { setTimeout as wait } from 'node:timers/promises'
import type { ShopEngine } from '../engines/engine.ts'
import { bearerToken, people } from '../host/people.ts'
import { version } from './mode.ts'

const hour = 3600
const reports = 84
const mails = 140
/** How many photos show what is usual before one takes for ever. */
const photos = 30
/** Long enough that the runs of the others have been measured. */
const brokenAfterMs = 25_000

export interface TroubledShop {
  engine: ShopEngine
  /** Where the shop is open. */
  url: string
  closing: AbortSignal
}

/**
 * Three faults, as a host meets them, a few seconds after the start and always the same: mails that fail since a deploy, a queue
 * whose worker is missing, and a job that never ends. Nothing is written but jobs, and the marks of the deploys through the API.
 */
export async function injectTrouble({ engine, url, closing }: TroubledShop): Promise<void> {
  await markDeploy(url, version.before, -3 * hour)
  await markDeploy(url, version.now, 0)
  await Promise.all([stopReports(engine), failMails(engine), hangPhoto(engine, closing)])
}

/** As a build server does. */
async function markDeploy(url: string, name: string, inSeconds: number): Promise<void> {
  const response = await fetch(`${url}/ops/jobs/api/v1/deploys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearerToken(people[0]!)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ version: name, at: new Date(Date.now() + inSeconds * 1000).toISOString() }),
  })
  if (!response.ok) console.error(`trouble: the deploy of ${name} could not be marked: ${response.status} ${await response.text()}`)
}

/** Due for up to three hours; the oldest first. */
async function stopReports(engine: ShopEngine): Promise<void> {
  const { count } = await engine.engine.count({ queue: 'report', states: ['scheduled', 'available', 'retryable'] }, 1)
  for (let job = 0; count === 0 && job < reports; job += 1) {
    const inSeconds = -3 * hour - 60 + Math.floor((job / reports) * 2.5 * hour)
    await engine.send({ queue: 'report', args: { month: `2026-${String(1 + (job % 12)).padStart(2, '0')}`, part: job + 1 }, inSeconds })
  }
}

async function failMails(engine: ShopEngine): Promise<void> {
  for (let mail = 0; mail < mails; mail += 1) await engine.send({ queue: 'order_mail', args: { order: 2001 + mail, to: `shopper${mail}@mail.example` } })
}

async function hangPhoto(engine: ShopEngine, closing: AbortSignal): Promise<void> {
  for (let photo = 1; photo <= photos; photo += 1) await engine.send({ queue: 'product_photo', args: { photo } })
  await wait(brokenAfterMs, undefined, { signal: closing }).catch(() => {})
  if (!closing.aborted) await engine.send({ queue: 'product_photo', args: { photo: 31, broken: true } })
}
