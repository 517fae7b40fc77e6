import { sql } from 'kysely'
import type { CountMethod } from '../../schemas/index.ts'
import { lockTaken } from '../db/advisory.ts'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import type { Scope } from '../operations/scope.ts'

const intervalMs = 15_000
/** Where looking takes long it is done less often, so that it never takes more than a twentieth of the time. */
const restFactor = 20
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
export async function findLatestDiscarded({ kit: { db }, em }: Pick<Scope, 'kit' | 'em'>): Promise<{ asOf: Date; found: Discarded } | null> {
  const [row] = await query(em, sql<{ as_of: string; data: Discarded }>`select as_of::text, data from ${db.table('finding')} where key = 'discarded'`)
  return row ? { asOf: new Date(row.as_of), found: row.data } : null
}

/** Looks for them in the background, once per interval for all processes. */
export async function recordDiscarded(kit: Kit): Promise<void | typeof idle> {
  const { db, engine } = kit
  return db.transact(async (em) => {
    const now = kit.now()
    const [turn] = await query(
      em,
      sql<{ due: boolean }>`
        select ${lockTaken(db, 'discarded')} and not exists (
          select from ${db.table('finding')} where key = 'discarded'
            and as_of > ${now}::timestamptz - make_interval(secs => greatest(${intervalMs - 500}, (data ->> 'tookMs')::float8 * ${restFactor}) / 1000)) as due`,
    )
    if (!turn?.due) return idle
    const began = performance.now()
    const from = new Date(now.getTime() - newHours * 3_600_000)
    const filter = { states: ['discarded' as const], time: { field: 'finished' as const, from } }
    const page = await engine.list(filter, { order: 'newest', limit: maxNamed })
    const counted = page.next === undefined ? { count: page.jobs.length, how: 'exact' as const } : await engine.count(filter, maxCounted)
    const found: Discarded = {
      ...counted,
      searched: page.searched,
      tookMs: performance.now() - began,
      jobs: page.jobs.map(({ id, queue, worker, tags, attempt, finishedAt, createdAt }) => ({
        id, queue, worker, tags, attempt, at: (finishedAt ?? createdAt).toISOString(),
      })),
    }
    await query(
      em,
      sql`insert into ${db.table('finding')} (key, as_of, data) values ('discarded', ${now}, ${JSON.stringify(found)}::jsonb)
          on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`,
    )
  })
}
