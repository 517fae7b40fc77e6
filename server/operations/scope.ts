import type { EventSource, Principal } from '../../schemas/index.ts'
import type { Em } from '../db/database.ts'
import { hideSecrets } from '../host/display.ts'
import { systemPrincipal, type Viewer } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'

/** One request, command or background step: who acts, in which unit of work, as of when. */
export interface Scope {
  readonly kit: Kit
  readonly em: Em
  readonly viewer: Viewer
  readonly source: EventSource
  readonly requestId: string
  /** Read once, so that one step sees one time. */
  readonly now: Date
  /** Inside the transaction of an execute: reads lock what they are about to change. */
  readonly locking?: boolean
}

/** A scope whose actor can be named in evidence. */
export interface ActingScope extends Scope {
  readonly principal: Principal
  /** The reason that goes into the evidence, checked; known when an operation is applied. */
  readonly reason?: string
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

/** Sees everything but what looks secret by its name. */
export const systemViewer: Viewer = {
  principal: systemPrincipal,
  can: async () => ({ allowed: true }),
  show: (_kind, value) => hideSecrets(value),
}
