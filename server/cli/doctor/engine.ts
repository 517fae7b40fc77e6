import { listActiveEntries } from '../../cron/rows.ts'
import type { EngineAdvice } from '../../engines/engine.ts'
import type { Kit } from '../../kit.ts'
import { countOrphans, orphanSeconds } from '../../operations/orphans.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Is the engine there, does it join our transaction, and does it have what cron entries need? */
export async function checkEngine(kit: Kit, known?: string[]): Promise<Finding[]> {
  const { engine } = kit
  const { ok: answers, version, detail } = await engine.check()
  if (!answers) return [error('engine', detail)]
  const joins = engine.transactional
    ? 'its changes commit together with their evidence'
    : 'it does not join our transaction: a change is requested on record first and its end told after; a crash between the two is found and told within minutes'
  const queues = known ?? (await listActiveEntries(kit)).map(({ queue }) => queue)
  return [
    ok('engine', `${engine.name} ${version ?? ''}: ${detail}; ${joins}`),
    ...[...new Set(Object.values(engine.lacks))].map((sentence) => ok('engine lacks', sentence)),
    ...((await engine.advise?.(queues)) ?? []).map(adviceFinding),
  ]
}

/** Changes that were asked of an engine outside our transaction and whose end nobody told in time. */
export async function checkRequests(kit: Kit): Promise<Finding[]> {
  const row = await countOrphans(kit)
  if (!row.old) return []
  const what = `${row.old === 1 ? '1 change is' : `${row.old} changes are`} requested${row.batches ? ` (${row.batches} of them for a batch of a bulk run)` : ''}`
  return [
    warning(
      'requests',
      `${what} and without an end for more than ${orphanSeconds} s, the oldest since ${row.oldest}`,
      'A server of the host settles them, and goes on with a bulk run, within a minute or two; is one running with scheduler.enabled, and does the engine answer?',
    ),
  ]
}

const parts: Record<EngineAdvice['kind'], string> = { missing_queue: 'queues', missing_index: 'indexes', unheard_nodes: 'engine' }

function adviceFinding({ kind, message, statement }: EngineAdvice): Finding {
  return warning(parts[kind], message, statement && `Consider: ${statement};`)
}
