import { expect, test } from 'vitest'
import type { Kit } from '../../server/kit.ts'
import { idle, repeat } from '../../server/repeat.ts'

test('a loop that keeps failing logs it once, and once more when it recovers, with the number of failures', async () => {
  const lines: [string, unknown][] = []
  const keep = (message: string, facts?: unknown) => void lines.push([message, facts])
  let turn = 0
  const done = Promise.withResolvers<void>()
  // In between it looks whether there is something to do, and there is nothing.
  const loop = repeat({ log: { info: keep, warn: keep, error: keep } } as unknown as Kit, 'snapshot', 0.001, async () => {
    turn += 1
    if (turn === 60) done.resolve()
    if (turn > 40) return
    if (turn % 2) return idle
    throw new Error('the engine does not answer')
  })
  await done.promise
  await loop.stop()
  expect(lines).toEqual([
    ['snapshot failed, trying again', expect.anything()],
    ['snapshot works again', { failures: 20, seconds: 0 }],
  ])
})
