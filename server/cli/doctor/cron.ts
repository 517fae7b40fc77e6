import { parseDeclarations } from '../../cron/definition.ts'
import { nextAfter, parseSchedule } from '../../cron/expression.ts'
import { type Entry, listActiveEntries } from '../../cron/rows.ts'
import type { Kit } from '../../kit.ts'
import type { DeclaredCronEntry } from '../../options.ts'
import { explain } from '../explain.ts'
import { error, failed, type Finding, ok, warning } from './finding.ts'

/** Whether each declared and stored entry is valid and will fire again. */
export async function checkCron(kit: Kit, declared: DeclaredCronEntry[]): Promise<Finding[]> {
  const entries = await listActiveEntries(kit)
  const findings = [...checkDeclared(declared, entries), ...entries.flatMap((entry) => checkEntry(entry, kit.now()))]
  return findings.some(({ status }) => status !== 'ok') ? findings : [ok('cron', `${entries.length} active entries, each with a valid expression and a next run`)]
}

function checkDeclared(declared: DeclaredCronEntry[], stored: Entry[]): Finding[] {
  try {
    const storedNames = new Set(stored.map(({ name }) => name))
    const waiting = parseDeclarations(declared).filter(({ name }) => !storedNames.has(name))
    return waiting.map(({ name }) => warning('cron', `'${name}' is declared but not stored yet`, 'The next ops.start() stores it.'))
  } catch (thrown) {
    return [failed('cron', thrown)]
  }
}

function checkEntry(entry: Entry, now: Date): Finding[] {
  const { name, expression, timezone, lastError } = entry
  try {
    parseSchedule({ expression, timezone })
  } catch (thrown) {
    return [error('cron', `'${name}' cannot be scheduled: ${explain(thrown)}`)]
  }
  if (!nextAfter({ expression, timezone }, now)) return [warning('cron', `'${name}' (${expression}) will never fire again`)]
  // The engine's message may quote arguments; the page shows it to those who may see them.
  if (lastError !== null) return [warning('cron', `'${name}' could not be enqueued the last time`, "The cron page shows the engine's message.")]
  return []
}
