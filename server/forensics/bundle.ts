import { auditPath as auditPathOf, type Bundle, evidencePath, type NextPath, operationActions, type OperationAction, type Permission } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { here } from './runbooks/runbook.ts'

export interface UnknownSubject {
  type: string
  id: string
}

export function unknownBundle(scope: Scope, subject: UnknownSubject, supply: string, withheld: string[] = []): Bundle {
  return {
    subject: { ...subject, label: subject.id },
    diagnosis: { status: 'needs_review', title: 'Nothing is known about this subject.', detail: supply, provenance: 'unknown' },
    completeness: { state: 'unknown', reasons: [supply], gaps: [] },
    chronology: [],
    linkedResources: [],
    nextPaths: [auditPath(scope, subject, 1)],
    runbook: {
      title: 'Find the subject',
      whyNow: 'There is no evidence without a subject.',
      prerequisites: [{ label: 'A subject that exists', met: false }],
      cautions: ['A deleted subject may still appear in the audit log.'],
      steps: [here(supply), here('Search the audit log for the subject.')],
      unsupported: [],
    },
    withheld,
    asOf: scope.now.toISOString(),
  }
}

export function auditPath({ kit }: Scope, { type, id }: UnknownSubject, order: number): NextPath {
  return {
    order,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    label: 'Read its audit events',
    detail: 'Every change and every refused attempt, with actor and reason.',
    href: `${kit.base}${auditPathOf(type, id)}`,
  }
}

/**
 * The operations on a subject, in the order of the vocabulary. Of those that may be performed now only these; if none may, all of them
 * with their reasons.
 */
export function nativePaths(subject: UnknownSubject, operations: Record<string, Permission>): NextPath[] {
  const known = Object.entries(operations).filter(([action]) => Object.hasOwn(operationActions, action))
  const possible = known.filter(([, { allowed }]) => allowed)
  return (possible.length ? possible : known).map(([action, permission], index): NextPath => ({
    order: index + 1,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    label: operationActions[action as OperationAction].label,
    operation: { action: action as OperationAction, subject, ...permission },
  }))
}

/** Paths outside this product: the engine's dashboard if it is mounted, and the people at the host. */
export async function externalPaths(scope: Scope, order: number, owners = 'the owners of the schedule'): Promise<NextPath[]> {
  const { kit, viewer } = scope
  const { allowed } = await viewer.can('view_bridge', { type: 'page', id: 'bridge' })
  const bridges = allowed ? kit.bridges : []
  return [
    ...bridges.map(({ label, href }, index): NextPath => ({
      order: order + index,
      ownership: 'bridge',
      ownershipLabel: label,
      posture: 'Inspection only',
      label: "View its jobs in the engine's dashboard",
      detail: 'Read-only; uses the same sign-in.',
      href,
    })),
    {
      order: order + bridges.length,
      ownership: 'host_owned',
      ownershipLabel: 'host-owned follow-up',
      posture: 'Host-owned',
      label: `Contact ${owners}`,
      detail: 'How to reach them, and whether a message arrived, is for them to confirm.',
    },
  ]
}

export function forensicsHref({ kit }: Scope, type: string, id: string): string {
  return `${kit.base}${evidencePath(type, id)}`
}
