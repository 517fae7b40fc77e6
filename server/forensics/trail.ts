import type { AuditEvent, EvidenceGap } from '../../schemas/index.ts'
import { findEvents, getEvent } from '../audit/list.ts'
import { OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { comparePositions, type Position } from './merge.ts'

/** The audit events of a subject. */
export interface Trail {
  /** Newest first. */
  events: AuditEvent[]
  gaps: EvidenceGap[]
  withheld: string[]
}

interface TrailAsked {
  before?: Position
  limit: number
}

/** One event more than the page holds, if there are so many. */
export async function listTrail(scope: Scope, type: string, id: string, { before, limit }: TrailAsked): Promise<Trail> {
  const { allowed } = await scope.viewer.can('view_audit', pageOf('view_audit'))
  if (!allowed) return { events: [], withheld: ['audit events'], gaps: [{ source: 'audit', reason: 'Audit events are withheld from you' }] }
  const { items } = await findEvents(scope, { subjectType: type, subjectId: id }, { limit: limit + 1, after: before && placeInLog(before), surface: 'view_forensics' })
  return { events: items, withheld: [], gaps: [] }
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const firstId = '00000000-0000-0000-0000-000000000000'

/** Where the log goes on behind an item of any source: its events of the same instant stand before or behind that item. */
function placeInLog({ at, source, id }: Position): { at: string; id: string } {
  if (source === 'audit') return { at, id }
  const follows = comparePositions({ at, source, id }, { at, source: 'audit', id: lastId }) < 0
  return { at, id: follows ? lastId : firstId }
}

/** One event that the viewer may see, or null. */
export async function findEvent(scope: Scope, id: string): Promise<AuditEvent | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null
  return getEvent(scope, id).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}
