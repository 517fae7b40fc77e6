import type { Incident } from '../../../schemas/incident.ts'

/** An incident as shown on the page, and whether it has left the list since. */
export interface Row {
  incident: Incident
  left: boolean
}

/** The rows on the page. They are updated in place, and are added or removed only on request. */
export interface Shown {
  key: string
  rows: Row[]
}

export function show(key: string, items: Incident[]): Shown {
  return { key, rows: items.map((incident) => ({ incident, left: false })) }
}

/** The same rows with their current data. */
export function refresh({ key, rows }: Shown, items: Incident[]): Shown {
  const present = new Map(items.map((incident) => [incident.id, incident]))
  return { key, rows: rows.map(({ incident }) => ({ incident: present.get(incident.id) ?? incident, left: !present.has(incident.id) })) }
}

/** How many rows would be added and removed if the list were updated. */
export function changes({ rows }: Shown, items: Incident[]): { fresh: number; gone: number } {
  const known = new Set(rows.map(({ incident }) => incident.id))
  return { fresh: items.filter(({ id }) => !known.has(id)).length, gone: rows.filter(({ left }) => left).length }
}

/** Those without a cause on this page, each with those that it explains. */
export function underCauses(rows: Row[]): { row: Row; explained: Row[] }[] {
  const ids = new Set(rows.map(({ incident }) => incident.id))
  const causeOf = ({ incident: { explainedBy, id } }: Row) => (explainedBy && explainedBy.id !== id && ids.has(explainedBy.id) ? explainedBy.id : undefined)
  return rows.filter((row) => causeOf(row) === undefined).map((row) => ({ row, explained: rows.filter((each) => causeOf(each) === row.incident.id) }))
}
