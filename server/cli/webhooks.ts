import { Command, Option } from 'commander'
import { deliveryFailures, type DeliveryState, deliveryStates, type WebhookDelivery } from '../../schemas/index.ts'
import { listDeliveries } from '../webhooks/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { printJson, printTable, shortTime } from './print.ts'
import { withSession } from './session.ts'

export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks').description('webhooks: list, send again')
  webhooks
    .command('list')
    .description('sent and pending webhooks, newest first')
    .addOption(new Option('--state <state>', 'only webhooks in this state').choices(Object.keys(deliveryStates)))
    .option('--endpoint <name>', 'only webhooks to this receiver')
    .option('--json', 'as JSON')
    .action(listCommand)
  acting(webhooks.command('redeliver <id>'), 'send the same message again, with the same id', 'optional').action((id: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'redeliver_webhook', subject: { type: 'webhook_delivery', id } }),
  )
  return webhooks
}

async function listCommand({ json, ...filters }: { state?: DeliveryState; endpoint?: string; json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_incidents')
    const { items } = await listDeliveries(scope(), { ...filters, limit: 200 })
    if (json) return printJson(items)
    printTable(['id', 'recorded', 'receiver', 'event', 'subject', 'state', 'attempts', 'next', 'last failure'], items.map(rowOf))
  })
}

function rowOf({ id, createdAt, endpoint, eventType, subject, state, attempts, nextAttemptAt, lastStatus, lastFailure }: WebhookDelivery): string[] {
  const failure = lastFailure === null ? '-' : `${lastStatus ?? ''} ${deliveryFailures[lastFailure]}`.trim()
  return [id, shortTime(createdAt), endpoint, eventType, `${subject.type}:${subject.id}`, deliveryStates[state], String(attempts), shortTime(nextAttemptAt ?? undefined), failure]
}
