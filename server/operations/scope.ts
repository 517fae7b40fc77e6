import type { EventSource, Principal } from '../../schemas/index.ts'
import type { Em } from '../db/database.ts'
import { hideSecrets } from '../host/display.ts'
import { systemPrincipal, type Viewer } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'

/** One request, command or background step: its actor, its unit of work and its time. */
export interface Scope {
  readonly kit: Kit
  readonly em: Em
  readonly viewer: Viewer
  readonly source: EventSource
  readonly requestId: string
  /** The trace that the request is part of, in the form of W3C's `traceparent`. */
  readonly traceParent?: string
  /** Read once, so that the whole step uses the same time. */
  readonly now: Date
  /** True inside the transaction that executes an operation: reads lock the rows about to be changed. */
  readonly locking?: boolean
}

/** A scope whose actor can be named in evidence. */
export interface ActingScope extends Scope {
  readonly principal: Principal
  /** The checked reason for the evidence; set when an operation is applied. */
  readonly reason?: string
}

/** For the metadata of an event. */
export function traceOf({ traceParent }: Pick<Scope, 'traceParent'>): { traceparent?: string } {
  return traceParent === undefined ? {} : { traceparent: traceParent }
}

export function systemScope(kit: Kit, em: Em, requestId = `system-${crypto.randomUUID()}`): ActingScope {
  return {
    kit,
    em,
    requestId,
    source: 'system',
    now: kit.now(),
    principal: systemPrincipal,
    viewer: systemViewer,
  }
}

/** Sees everything except values whose names suggest that they are secret. */
export const systemViewer: Viewer = {
  principal: systemPrincipal,
  can: async () => ({ allowed: true }),
  show: (_kind, value) => hideSecrets(value),
}
