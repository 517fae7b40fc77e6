import type { EngineExecutor } from '../engine.ts'
import type { BullQueue } from './queue.ts'

/** Connected workers, as Redis lists them; null if the store does not list its clients. Each serves one queue. */
export async function listWorkers(queues: BullQueue[]): Promise<EngineExecutor[] | null> {
  const lists = await Promise.all(queues.map((queue) => workersOf(queue)))
  return lists.some((list) => list === null) ? null : lists.flatMap((list) => list!)
}

async function workersOf(queue: BullQueue): Promise<EngineExecutor[] | null> {
  const clients = await queue.getWorkers()
  if (clients.some(({ name }) => name !== queue.name)) return null
  return clients.map(({ id = '', addr = '', age, rawname }) => ({
    id: `client ${queue.name} ${id}`,
    name: nameOf(rawname) ?? `${queue.name} ${addr}`,
    host: addr.replace(/:\d+$/, ''),
    startedAt: Number.isFinite(Number(age)) ? new Date(Date.now() - Number(age) * 1000) : null,
    beatAt: null,
    queues: [{ name: queue.name, slots: null, paused: false }],
  }))
}

/** A worker that was given a name carries it at the end of its client's name. */
function nameOf(client: string | undefined): string | undefined {
  return client?.split(':w:')[1]
}
