import { expect, test } from 'vitest'
import { type OperationAction, operationActions, undoneBy } from '../../schemas/actions.ts'
import { eventFacts, eventTypes, eventTypesFrom } from '../../schemas/event-types.ts'

test('what undoes an operation is an operation on the same type of subject', () => {
  const actions = Object.keys(operationActions) as OperationAction[]
  for (const action of actions) {
    const reverse = undoneBy(action)
    if (reverse) expect(operationActions[reverse]?.subject, action).toBe(operationActions[action].subject)
  }
  expect(actions.filter((action) => undoneBy(action))).toHaveLength(9)
})

test.each([
  ['cron.paused', ['cron.paused']],
  ['queue.', ['queue.', 'queue.paused', 'queue.resumed', 'queue.scaled']],
  ['something.older', ['something.older']],
])('types that begin with %s', (beginning, types) => {
  expect(eventTypesFrom(beginning)).toEqual(types)
})

test('no type of event is another one’s beginning, so a whole type finds itself only', () => {
  expect(eventTypes.filter((type) => eventTypesFrom(type).length > 1)).toEqual([])
})

test.each(eventTypes.map((type) => [type, eventFacts[type]] as const))('%s has a label and a verb that can follow a name', (type, { label, verb }) => {
  for (const words of [label, verb]) expect(words, type).toMatch(/^[a-z].*[^.\s]$/)
})
