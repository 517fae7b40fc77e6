import { listActiveEntries } from '../../cron/rows.ts'
import type { EngineAdvice } from '../../engines/engine.ts'
import type { Kit } from '../../kit.ts'
import { countOrphans, orphanSeconds } from '../../operations/orphans.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Whether the engine responds, joins our transaction, and has what cron entries need. */
export async function checkEngine(kit: Kit, queueNames?: string[]): Promise<Finding[]> {
  const { engine } = kit
  const { ok: responds, version, detail } = await engine.check()
  if (!responds) return [error('engine', detail)]
  const joins = engine.transactional
    ? 'its changes commit together with their evidence'
    : 'it does not join our transaction: each change is recorded as requested first and with its result afterwards; a crash in between is detected and recorded within minutes'
  const queues = queueNames ?? (await listActiveEntries(kit)).map(({ queue }) => queue)
  return [
    ok('engine', `${engine.name} ${version ?? ''}: ${detail}; ${joins}`),
    ...[...new Set(Object.values(engine.lacks))].map((sentence) => ok('engine lacks', sentence)),
    ...((await engine.advise?.(queues)) ?? []).map(adviceFinding),
  ]
}

/** Changes requested from an engine outside our transaction whose result was not recorded in time. */
export async function checkRequests(kit: Kit): Promise<Finding[]> {
  const row = await countOrphans(kit)
  if (!row.old) return []
  const what = `${row.old === 1 ? '1 change is' : `${row.old} changes are`} requested${row.batches ? ` (${row.batches} of them for a batch of a bulk run)` : ''}`
  return [
    warning(
      'requests',
      `${what} but without a result for more than ${orphanSeconds} s, the oldest since ${row.oldest}`,
      "One of the host's servers settles them, and continues a bulk run, within a minute or two. Is one running with scheduler.enabled, and does the engine respond?",
    ),
  ]
}

const parts: Record<EngineAdvice['kind'], string> = { missing_queue: 'queues', missing_index: 'indexes', unheard_nodes: 'engine' }

function adviceFinding({ kind, message, statement }: EngineAdvice): Finding {
  return warning(parts[kind], message, statement && `Consider: ${statement};`)
}
