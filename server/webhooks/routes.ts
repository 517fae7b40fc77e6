import * as endpoints from '../../schemas/webhook.ts'
import { handle } from '../operations/handle.ts'
import { listDeliveries } from './read.ts'

export const webhookHandlers = [handle(endpoints.listWebhookDeliveries, ({ query }, scope) => listDeliveries(scope, query))]
