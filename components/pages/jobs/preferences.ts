import type { Session } from '../../../schemas/actor.ts'
import { type ColumnName, columns } from './columns.ts'

/** How this reader likes the table; stored in this browser only. */
export interface Preferences {
  columns: ColumnName[]
  /** Rows of one line. */
  dense: boolean
  /** Times of day instead of how long ago. */
  exact: boolean
}

const key = 'ops-jobs'

export function loadPreferences(session: Session | undefined): Preferences {
  const stored = parse()
  const known = stored.columns?.filter((name) => Object.hasOwn(columns, name))
  return { columns: known ?? usual(session), dense: stored.dense !== false, exact: stored.exact === true }
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(key, JSON.stringify(preferences))
  } catch {
    // A browser that stores nothing still shows everything.
  }
}

/** Where jobs have no worker's name, each is called by its queue already. */
function usual(session: Session | undefined): ColumnName[] {
  const named = !session?.engine.lacks.filter_worker
  return [...(named ? (['queue'] as const) : []), 'error', 'args', 'attempt']
}

function parse(): Partial<Preferences> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    const { columns: names, dense, exact } = stored as Partial<Preferences>
    return { columns: Array.isArray(names) ? names : undefined, dense, exact }
  } catch {
    return {}
  }
}
