import { expect, test } from 'vitest'
import { keepHidden } from '../../../server/cron/keep-hidden.ts'

const stored = { scope: 'all', token: 'raw', nested: { apiKey: 'raw too', limit: 5 }, list: [{ password: 'p' }, 2] }
const shown = { scope: 'all', token: '[hidden]', nested: { apiKey: '[hidden]', limit: 5 }, list: [{ password: '[hidden]' }, 2] }

test.each([
  ['nothing touched', shown, stored],
  ['another key changed', { ...shown, scope: 'some' }, { ...stored, scope: 'some' }],
  ['a neighbour of a hidden value changed', { ...shown, nested: { apiKey: '[hidden]', limit: 9 } }, { ...stored, nested: { apiKey: 'raw too', limit: 9 } }],
  ['the hidden value replaced', { ...shown, token: 'new' }, { ...stored, token: 'new' }],
  ['a hidden value removed', { scope: 'all' }, { scope: 'all' }],
  ['a list with a hidden value', { ...shown, list: [{ password: '[hidden]' }, 3] }, { ...stored, list: [{ password: 'p' }, 3] }],
  ['a list of another length is taken as it is', { list: [1] }, { list: [1] }],
  ['the words where nothing was hidden', { other: '[hidden]' }, { other: '[hidden]' }],
])('%s', (_, given, expected) => {
  expect(keepHidden(given, shown, stored)).toEqual(expected)
})

test('args that were hidden as a whole are preserved as a whole', () => {
  expect(keepHidden({ hidden: 'by role' }, { hidden: 'by role' }, stored)).toEqual(stored)
})
