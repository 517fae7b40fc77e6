import * as endpoints from '../../schemas/webhook.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { listDeliveries } from './read.ts'

export const webhookHandlers = [fromReplica(handle(endpoints.listWebhookDeliveries, ({ query }, scope) => listDeliveries(scope, query)))]
