/** How long each kind of record is kept. Days; a kind that is not named keeps its default. */
export interface RetentionOptions {
  /**
   * An existing directory for archives: before a row is deleted it is written there, as gzipped NDJSON. Without it, rows are
   * deleted without an archive, and the audit log is never deleted.
   */
  archive?: string
  /** Days to keep, at least 1; `forever` deletes nothing of the kind. */
  days?: Partial<Record<RetentionKind, number | 'forever'>>
}

/**
 * The stated defaults, in days. `audit` is deleted by whole months, and only into an archive. `figures` are what was measured of
 * the engine, minute by minute; an hour more is kept, so that a chart of a day is whole.
 */
export const defaultDays = {
  audit: 'forever',
  slots: 60,
  coverage: 60,
  incidents: 400,
  executors: 7,
  errors: 90,
  bulk_runs: 30,
  previews: 7,
  figures: 1,
} as const satisfies Record<string, number | 'forever'>

export type RetentionKind = keyof typeof defaultDays
export const retentionKinds = Object.keys(defaultDays) as RetentionKind[]

/** The checked options. */
export interface Retention {
  /** Absolute path; undefined: no archive. */
  readonly archive?: string
  /** null: forever. */
  readonly days: Readonly<Record<RetentionKind, number | null>>
}

/** @throws Error which names the invalid option and what was expected */
export function parseRetention({ archive, days = {} }: RetentionOptions = {}): Retention {
  if (archive !== undefined && (typeof archive !== 'string' || archive === '')) {
    throw new Error(`createOps: 'retention.archive' is ${typeof archive}; expected the path of an existing directory.`)
  }
  for (const [kind, value] of Object.entries(days)) {
    if (!Object.hasOwn(defaultDays, kind)) throw new Error(`createOps: 'retention.days.${kind}' is unknown; expected one of ${retentionKinds.join(', ')}.`)
    if (value === 'forever' || (typeof value === 'number' && Number.isFinite(value) && value >= 1)) continue
    throw new Error(`createOps: 'retention.days.${kind}' is ${JSON.stringify(value)}; expected a number of days of at least 1, or 'forever'.`)
  }
  const kept: Record<RetentionKind, number | 'forever'> = { ...defaultDays, ...days }
  if (kept.audit !== 'forever' && archive === undefined) {
    throw new Error("createOps: 'retention.days.audit' is set without 'retention.archive'; expected a directory, because audit events are deleted only once they are archived.")
  }
  return { archive, days: Object.fromEntries(retentionKinds.map((kind) => [kind, kept[kind] === 'forever' ? null : kept[kind]])) as Retention['days'] }
}
