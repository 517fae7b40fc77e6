import { parseDeclarations } from '../../cron/definition.ts'
import { nextAfter, parseSchedule } from '../../cron/expression.ts'
import { type Entry, listActiveEntries } from '../../cron/rows.ts'
import type { Kit } from '../../kit.ts'
import type { DeclaredCronEntry } from '../../options.ts'
import { explain } from '../explain.ts'
import { error, failed, type Finding, ok, warning } from './finding.ts'

/** Declared and stored entries: can each be understood, and does it ever fire again? */
export async function checkCron(kit: Kit, declared: DeclaredCronEntry[]): Promise<Finding[]> {
  const entries = await listActiveEntries(kit)
  const findings = [...checkDeclared(declared, entries), ...entries.flatMap((entry) => checkEntry(entry, kit.now()))]
  return findings.some(({ status }) => status !== 'ok') ? findings : [ok('cron', `${entries.length} to schedule, each with a valid expression and a next run`)]
}

function checkDeclared(declared: DeclaredCronEntry[], stored: Entry[]): Finding[] {
  try {
    const known = new Set(stored.map(({ name }) => name))
    const waiting = parseDeclarations(declared).filter(({ name }) => !known.has(name))
    return waiting.map(({ name }) => warning('cron', `'${name}' is declared and not stored yet`, 'The next ops.start() stores it.'))
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
  if (!nextAfter({ expression, timezone }, now)) return [warning('cron', `'${name}' (${expression}) never fires again`)]
  // The engine's own words may quote arguments; the page shows them to whoever may see them.
  if (lastError !== null) return [warning('cron', `'${name}' could not be enqueued the last time`, 'The cron page shows what the engine said.')]
  return []
}
