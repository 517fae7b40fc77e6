import type { Em } from '../db/database.ts'
import type { EngineFailure } from '../engines/engine.ts'
import { listRunsOf, type RunBy } from '../executors/executors.ts'
import type { Kit } from '../kit.ts'

/** Where a failed attempt ran. What is not known is left out. */
export interface Origin {
  executor?: string
  version?: string
}

/** In the order of `failures`: by what executors report of their runs, or else by what the engine says. */
export async function findOrigins({ db }: Pick<Kit, 'db'>, em: Em, failures: readonly EngineFailure[]): Promise<Origin[]> {
  const runs = Map.groupBy(await listRunsOf({ kit: { db }, em }, [...new Set(failures.map(({ id }) => id))]), ({ jobId }) => jobId)
  return failures.map((failure) => {
    const run = runOf(failure, runs.get(failure.id) ?? [])
    const executor = run?.name ?? failure.executor
    return { ...(executor !== undefined && { executor }), ...(run?.version && { version: run.version }) }
  })
}

/** The run of the attempt; if executors do not know attempts, the last that began before it failed. */
function runOf({ attempt, at }: EngineFailure, runs: readonly RunBy[]): RunBy | undefined {
  return runs.find((run) => run.attempt === attempt) ?? runs.find((run) => run.attempt === null && run.startedAt <= at)
}
