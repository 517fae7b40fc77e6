import { sql } from 'kysely'
import type { ErrorGroupDetail } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { ErrorGroupRow } from '../db/entities.ts'
import { listExecutors } from '../executors/executors.ts'
import type { Scope } from '../operations/scope.ts'
import type { ErrorRange } from './range.ts'

type Shares = ErrorGroupDetail['shares']

const maxNames = 20

/** Executors and versions by their failures; those that serve the queue and had none of this group are there with 0. */
export async function listShares(scope: Scope, { fingerprint, queue }: Pick<ErrorGroupRow, 'fingerprint' | 'queue'>, { from, to }: ErrorRange): Promise<Shares> {
  const { kit: { db }, em } = scope
  const [rows, serving] = await Promise.all([
    query(
      em,
      sql<{ kind: 'executor' | 'version'; name: string; n: number }>`select kind, name, sum(count)::int as n from ${db.table('error_origin')}
        where fingerprint = ${fingerprint} and hour >= date_trunc('hour', ${from}::timestamptz) and hour < ${to} group by 1, 2 order by n desc, name`,
    ),
    listServing(scope, queue),
  ])
  const of = (kind: 'executor' | 'version', present: (string | null)[]) => {
    const failed = rows.filter((row) => row.kind === kind).map(({ name, n }) => ({ name, count: n }))
    const spared = [...new Set(present)].filter((name): name is string => name !== null && !failed.some((each) => each.name === name)).toSorted()
    return [...failed, ...spared.map((name) => ({ name, count: 0 }))].slice(0, maxNames)
  }
  return { executors: of('executor', serving.map(({ name }) => name)), versions: of('version', serving.map(({ version }) => version)) }
}

/** Only for those who may see the queue: its executors are part of it. */
async function listServing({ kit: { db }, em, viewer }: Scope, queue: string) {
  if (!(await viewer.can('view_queues', { type: 'queue', id: queue, queue })).allowed) return []
  return (await listExecutors({ kit: { db }, em }, { queue })).filter(({ health }) => health === 'healthy')
}
