import type { EngineAdvice } from '../engine.ts'
import { type PgBossTables, type UsefulIndex, usefulIndexes } from './table.ts'

export async function missingQueues({ db, queues: table }: PgBossTables, queues: string[]): Promise<string[]> {
  const { rows } = await db.executeSql(`select wanted from unnest($1::text[]) as wanted where not exists (select from ${table} where name = wanted)`, [
    [...new Set(queues)],
  ])
  return rows.map(({ wanted }) => String(wanted))
}

export async function advise(tables: PgBossTables, queues: string[]): Promise<EngineAdvice[]> {
  return [...(await missingQueues(tables, queues)).map(adviseQueue), ...(await missingIndexes(tables))]
}

function adviseQueue(queue: string): EngineAdvice {
  return { kind: 'missing_queue', message: `pg-boss has no queue '${queue}', which a cron entry names; create it with boss.createQueue('${queue}').` }
}

/** Proposes up to four indexes for each large table. Small tables do not need any. */
async function missingIndexes(tables: PgBossTables): Promise<EngineAdvice[]> {
  const { tables: parts } = await tables.shape()
  return parts
    .filter(({ large }) => large)
    .flatMap(({ name, table, has }) =>
      (Object.keys(usefulIndexes) as UsefulIndex[])
        .filter((index) => !has[index])
        .map((index) => ({
          kind: 'missing_index' as const,
          message: `${tables.schema}.${name} is large and has no index for ${usefulIndexes[index].use}, so only part of it is searched.`,
          statement: `create index concurrently on ${table} ${usefulIndexes[index].definition}`,
        })),
    )
}

