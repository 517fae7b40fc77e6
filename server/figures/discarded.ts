import type { CountMethod } from '../../schemas/index.ts'
import { Finding } from '../db/entities.ts'
import { inTurn } from '../db/turn.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import type { Scope } from '../operations/scope.ts'

const intervalMs = 15_000
/** Where looking takes long it is done less often, so that it never takes more than a twentieth of the time. */
const restFactor = 20
/** Of the turn to look; an engine that is slower has failed. */
const leaseMs = 60_000
const maxNamed = 50
const maxCounted = 1_000
/** As long as a resolved thing is recent, so is a discarded job new. */
export const newHours = 24

/** Jobs that were discarded lately: how many, and the newest by name. Nothing of what is in them is copied. */
export interface Discarded {
  count: number
  how: CountMethod
  searched?: string
  tookMs: number
  jobs: { id: string; queue: string; worker?: string; tags?: string[]; attempt: number; at: string }[]
}

/** What was found last, and when that was; null before anybody looked. */
export async function findLatestDiscarded({ em }: Pick<Scope, 'em'>): Promise<{ asOf: Date; found: Discarded } | null> {
  const finding = await em.findOne(Finding, { key: 'discarded' }, { disableIdentityMap: true })
  return finding && { asOf: finding.asOf, found: finding.data as Discarded }
}

/** Looks for them in the background, once per interval for all processes. No transaction is open while the engine looks. */
export async function recordDiscarded(kit: Kit): Promise<void | typeof idle> {
  const { db } = kit
  if (!(await isDue(kit))) return idle
  const done = await inTurn(db, 'discarded', leaseMs, async (end) => {
    if (!(await isDue(kit))) return idle
    const asOf = kit.now()
    const data = await findDiscarded(kit, asOf)
    return db.transact(async (em) => {
      if (!(await end(em))) return idle
      await em.upsert(Finding, { key: 'discarded', asOf, data })
    })
  })
  return done === null ? idle : done
}

async function isDue(kit: Kit): Promise<boolean> {
  const latest = await findLatestDiscarded({ em: kit.db.em() })
  if (!latest) return true
  return kit.now().getTime() - latest.asOf.getTime() >= Math.max(intervalMs - 500, latest.found.tookMs * restFactor)
}

async function findDiscarded({ engine }: Kit, now: Date): Promise<Discarded> {
  const began = performance.now()
  const from = new Date(now.getTime() - newHours * 3_600_000)
  const filter = { states: ['discarded' as const], time: { field: 'finished' as const, from } }
  const page = await engine.list(filter, { order: 'newest', limit: maxNamed })
  const counted = page.next === undefined ? { count: page.jobs.length, how: 'exact' as const } : await engine.count(filter, maxCounted)
  return {
    ...counted,
    searched: page.searched,
    tookMs: performance.now() - began,
    jobs: page.jobs.map(({ id, queue, worker, tags, attempt, finishedAt, createdAt }) => ({
      id, queue, worker, tags, attempt, at: (finishedAt ?? createdAt).toISOString(),
    })),
  }
}
