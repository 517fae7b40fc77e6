import type { Session } from '../../schemas/actor.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import { type OperationAction, operationActions, undoneBy } from '../../schemas/actions.ts'
import { t, tx } from '../core/words.ts'
import { jobHref, shortId } from './job-link.ts'
import type { ToastContent } from './toast.ts'

interface Around {
  base: string
  session?: Session
  /** Whether the host offers this operation here. */
  offers: (action: OperationAction) => boolean
  undo: (action: OperationAction) => void
}

/** What the toast says after an operation: what was done, where it can be looked up, and how it can be undone. */
export function doneToast({ id, action, eventType, subject }: AuditEvent, { jobId }: Record<string, unknown>, { base, session, offers, undo }: Around): ToastContent {
  const may = (name: string) => session?.permissions[name]?.allowed
  const reverse = undoneBy(action as OperationAction)
  const links = []
  if (typeof jobId === 'string' && may('view_jobs')) links.push({ label: t`Open job`, href: jobHref(base, jobId) })
  if (may('view_audit')) links.push({ label: t`Audit`, href: `${base}/audit?event=${id}` })
  return {
    words: tx(`${operationActions[action as OperationAction].done} {0}`, subject.type === 'incident' ? t`the incident` : shortId(subject.id)),
    record: eventType,
    links,
    undo: reverse && offers(reverse) && may(reverse) && !session?.engine.lacks[reverse] ? () => undo(reverse) : undefined,
  }
}

const maxQuoted = 500

/** Says in the record what was undone, and keeps the reason that was given for it. */
export function undoReason({ action, reason }: Pick<AuditEvent, 'action' | 'reason'>): string {
  const label = tx(operationActions[action as OperationAction].label)
  return reason ? t`Undo: ${label}, “${reason.slice(0, maxQuoted)}”` : t`Undo: ${label}`
}
