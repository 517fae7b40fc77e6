import { countOf } from '../../../schemas/index.ts'
import type { Kit } from '../../kit.ts'
import { readNoticeHealth } from '../../notices/health.ts'
import { listTroubledEndpoints, type WebhookHealth } from '../../webhooks/health.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Whether the host is told of what it is to be told, and receivers get their webhooks. */
export async function checkEscalation(kit: Kit): Promise<Finding[]> {
  if (!kit.escalation) return [ok('escalation', 'none is configured, so nobody is told of incidents')]
  const { overdue, oldest, failed } = await readNoticeHealth(kit)
  const findings = [
    ...(overdue ? [warning('escalation', `${countOf(overdue, 'message')} due since ${oldest} ${overdue === 1 ? 'has' : 'have'} not been told`, 'A process of the host must call ops.start(), and scheduler.enabled must not be false in all of them.')] : []),
    ...(failed ? [warning('escalation', `the handler failed to take ${countOf(failed, 'message')} of the last day, after five tries each`, 'The audit events host.follow_up say which.')] : []),
    ...(await listTroubledEndpoints(kit)).map(troubleOf),
  ]
  return findings.length ? findings : [ok('escalation', 'everything that was due has been told')]
}

function troubleOf({ endpoint, dead, failing, disabled }: WebhookHealth): Finding {
  const hint = 'ops-powertools webhooks list says why; ops-powertools webhooks redeliver <id> sends one again.'
  const parts = [dead ? `${countOf(dead, 'webhook')} given up within a day` : '', failing ? `${countOf(failing, 'webhook')} failing` : '', disabled ? 'it answered 410, so nothing is sent to it' : '']
  return warning('webhooks', `${endpoint}: ${parts.filter(Boolean).join(', ')}`, hint)
}
