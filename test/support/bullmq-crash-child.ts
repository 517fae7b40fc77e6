import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { createOps } from '../../server/index.ts'
import { queueOf } from './bullmq.ts'
import { auth, displayPolicy, type Person } from './server.ts'

/**
 * A server that kills itself while BullMQ is asked for a change, without a chance to clean up. Told by its environment:
 * DATABASE_URL, WHERE (the world of BullMQ), QUEUE, DIES (`before` or `after` the change), CALL (which change it dies at), and
 * OPERATION (JSON of a one-shot body); without one it runs its background loops.
 */
const { DATABASE_URL: url = '', WHERE = '', QUEUE = '', OPERATION, DIES = 'before', CALL = '1' } = process.env

const die = () => process.kill(process.pid, 'SIGKILL')
const engine = bullmq({ queues: [queueOf(WHERE, QUEUE)] })
let calls = 0
const act: Engine['act'] = async (...asked) => {
  const dies = ++calls === Number(CALL)
  if (dies && DIES === 'before') die()
  const outcomes = await engine.act(...asked)
  if (dies) die()
  return outcomes
}
const ops = await createOps<Person>({ database: { url }, auth, displayPolicy, engine: { ...engine, act } })
if (OPERATION === undefined) {
  await ops.start()
  await new Promise((resolve) => setTimeout(resolve, 30_000))
}
const server = createServer(ops.handler)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const headers = { authorization: 'Bearer ops-demo', 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
const answer = await fetch(`http://127.0.0.1:${port}/ops/jobs/api/v1/operations`, { method: 'POST', headers, body: OPERATION })
process.stderr.write(`it lived: ${answer.status} ${await answer.text()}`)
process.exit(1)
