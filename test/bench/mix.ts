import type { Statement } from './replay.ts'

export const kinds = ['retry', 'pause', 'resume', 'bulk'] as const
export type Kind = (typeof kinds)[number]

/** What an operator or a script does once: one request, or a preview and its execution. */
export interface Turn {
  kind: Kind
  /** Of `pause` and `resume`: the lane's entry. */
  lane: number
  /** Of `retry` one, of `bulk` a hundred. */
  jobs: string[]
}

export const bulkSize = 100

/** Per unit: ten single retries, two pauses and two resumes by preview and execute, and one bulk retry. */
const unit: Kind[] = ['retry', 'retry', 'retry', 'pause', 'retry', 'retry', 'resume', 'retry', 'bulk', 'retry', 'retry', 'pause', 'retry', 'retry', 'resume']

/** `jobs` are used up. */
export function mixOf(lanes: number, units: number, jobs: string[]): Turn[][] {
  return Array.from({ length: lanes }, (_, lane) => Array.from({ length: units }, () => unit.map((kind) => turn(kind, lane, jobs))).flat())
}

/** Of one kind only; pauses and resumes take turns, or there would be nothing to pause. */
export function onlyOf(kind: 'retry' | 'pause' | 'bulk', lanes: number, turns: number, jobs: string[]): Turn[][] {
  const kindAt = (index: number): Kind => (kind === 'pause' && index % 2 ? 'resume' : kind)
  return Array.from({ length: lanes }, (_, lane) => Array.from({ length: turns }, (__, index) => turn(kindAt(index), lane, jobs)))
}

function turn(kind: Kind, lane: number, jobs: string[]): Turn {
  return { kind, lane, jobs: kind === 'retry' ? jobs.splice(-1) : kind === 'bulk' ? jobs.splice(-bulkSize) : [] }
}

/** A turn as it was recorded, to be replayed for others. */
export interface Recorded {
  turn: Turn
  requests: Statement[][]
}
