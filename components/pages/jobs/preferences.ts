import type { Session } from '../../../schemas/actor.ts'
import { type ColumnName, columns } from './columns.ts'

/** How this reader likes the table; kept in this browser only. */
export interface Preferences {
  columns: ColumnName[]
  dense: boolean
}

const key = 'ops-jobs'

export function loadPreferences(session: Session | undefined): Preferences {
  const kept = parse()
  const known = kept.columns?.filter((name) => Object.hasOwn(columns, name))
  return { columns: known ?? usual(session), dense: kept.dense === true }
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(key, JSON.stringify(preferences))
  } catch {
    // a browser that keeps nothing still shows everything
  }
}

/** Where jobs have no worker's name, each is called by its queue already. */
function usual(session: Session | undefined): ColumnName[] {
  const named = !session?.engine.lacks.filter_worker
  return [...(named ? (['queue'] as const) : []), 'args', 'error', 'attempt', 'when']
}

function parse(): Partial<Preferences> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    const { columns: names, dense } = kept as Partial<Preferences>
    return { columns: Array.isArray(names) ? names : undefined, dense }
  } catch {
    return {}
  }
}
