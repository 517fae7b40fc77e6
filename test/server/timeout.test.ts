import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Engine, SqlExecutor } from '../../server/engines/engine.ts'
import { engineWithTimeouts } from '../../server/engines/timeouts.ts'
import { withTimeout } from '../../server/timeout.ts'

const late = () => new Error('too late')
const never = () => new Promise<never>(() => {})

test('work that ends in time passes on its result or failure, and leaves no timer behind', async () => {
  expect(await withTimeout(Promise.resolve(7), 60_000, late)).toBe(7)
  await expect(withTimeout(Promise.reject(new Error('broken')), 60_000, late)).rejects.toThrow('broken')
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(3)
})

test('work that takes too long is given up, and its late failure is not unhandled', async () => {
  const unhandled: unknown[] = []
  const listen = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', listen)
  const work = wait(30).then(() => Promise.reject(new Error('after its time')))
  await expect(withTimeout(work, 5, late)).rejects.toThrow('too late')
  await wait(60)
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})

const tx: SqlExecutor = { executeSql: async () => ({ rows: [] }) }

/** An engine that does not answer, whatever is asked of it, until it is told to. */
function hangingEngine(transactional: boolean) {
  const state = { calls: 0, hangs: true }
  const ask = () => {
    state.calls += 1
    return state.hangs ? never() : Promise.resolve([])
  }
  const engine = { name: 'hangs', transactional, lacks: {}, check: ask, read: ask, find: ask, list: ask, act: ask, enqueue: ask, pauseQueue: ask } as unknown as Engine
  return { engine: engineWithTimeouts(engine, { callMs: 20, perJobMs: 1 }), state }
}

test('changes time out like reads if the engine has a store of its own, and a check reports it', async () => {
  const { engine } = hangingEngine(false)
  const job = { id: '1', queue: 'mail', version: '1' }
  await expect(engine.act('retry', [job], tx)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(engine.enqueue({ queue: 'mail', args: {}, origin: { cronEntry: 'a', slotAt: 'b' } }, tx)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(engine.pauseQueue!('mail', tx)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(engine.read(['1'], tx)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await engine.check()).toMatchObject({ ok: false })
})

test('an engine that hangs does not collect more and more calls, and its first answer ends that', async () => {
  const { engine, state } = hangingEngine(false)
  for (let call = 0; call < 30; call++) await engine.read(['1']).catch(() => {})
  expect(state.calls).toBeLessThanOrEqual(9)
  const { calls } = state
  await expect(engine.read(['1'])).rejects.toMatchObject({ code: 'unavailable' })
  expect(state.calls).toBe(calls)
})

test('calls that join our transaction end with it', async () => {
  const { engine } = hangingEngine(true)
  const answer = engine.act('retry', [], tx)
  expect(await Promise.race([answer, wait(80, 'still waiting')])).toBe('still waiting')
  await expect(engine.read(['1'])).rejects.toMatchObject({ code: 'unavailable' })
})
