import * as bulk from '../../schemas/bulk.ts'
import * as operation from '../../schemas/operation.ts'
import { abortRun } from './bulk/abort.ts'
import { exportItems } from './bulk/export.ts'
import { listItems } from './bulk/items.ts'
import { listRuns } from './bulk/list.ts'
import { getRun } from './bulk/read.ts'
import { showRun } from './bulk/show.ts'
import { fromReplica, handle, handleExport } from './handle.ts'
import { listRecentReasons } from './recent-reasons.ts'
import { createPreview, executePreview, getOwnPreview, runOperation } from './pipeline.ts'

export const operationHandlers = [
  handle(operation.createPreview, async ({ body }, scope) => ({ ...(await createPreview(scope, body)), recentReasons: await listRecentReasons(scope) })),
  handle(operation.getPreview, ({ params }, scope) => getOwnPreview(scope, params.id)),
  handle(operation.executePreview, ({ params, body }, scope) => executePreview(scope, { id: params.id, ...body })),
  handle(operation.runOperation, ({ body, headers }, scope) => runOperation(scope, body, headers['idempotency-key'])),
  fromReplica(handle(bulk.listBulkRuns, ({ query }, scope) => listRuns(scope, query))),
  handle(bulk.getBulkRun, async ({ params }, scope) => showRun(await getRun(scope, params.id), scope)),
  handle(bulk.listBulkItems, ({ params, query }, scope) => listItems(scope, params.id, query)),
  handle(bulk.abortBulkRun, ({ params }, scope) => abortRun(scope, params.id)),
  handleExport(bulk.exportBulkItems, async ({ params, query }, scope) => ({
    file: 'bulk-outcomes',
    lines: await exportItems(scope, params.id, query.format, query.outcome),
  })),
]
