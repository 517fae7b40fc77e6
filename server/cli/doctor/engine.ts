import type { EngineAdvice } from '../../engines/engine.ts'
import type { Kit } from '../../kit.ts'
import { listEntries } from './cron.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Is the engine there, does it join our transaction, and does it have what cron entries need? */
export async function checkEngine(kit: Kit, known?: string[]): Promise<Finding[]> {
  const { engine } = kit
  const { ok: answers, version, detail } = await engine.check()
  if (!answers) return [error('engine', detail)]
  const joins = engine.transactional
    ? 'its changes commit together with their evidence'
    : 'it does not join our transaction: a crash at the wrong moment can leave a job without its evidence'
  const queues = known ?? (await listEntries(kit)).map(({ queue }) => queue)
  return [ok('engine', `${engine.name} ${version ?? ''}: ${detail}; ${joins}`), ...((await engine.advise?.(queues)) ?? []).map(adviceFinding)]
}

function adviceFinding({ kind, message, statement }: EngineAdvice): Finding {
  return warning(kind === 'missing_queue' ? 'queues' : 'indexes', message, statement && `Consider: ${statement};`)
}
