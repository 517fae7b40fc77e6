import { type ArgumentCondition, complaintAbout, parseArguments, writeArguments } from '../../components/pages/jobs/arguments.ts'
import { equal, ok } from './assert.ts'

describe('conditions on arguments', () => {
  const cases: [args: string, conditions: ArgumentCondition[]][] = [
    ['', []],
    ['{"order":1077}', [{ path: 'order', value: '1077' }]],
    ['{"order":"1077"}', [{ path: 'order', value: '"1077"' }]],
    ['{"origin":"shop"}', [{ path: 'origin', value: 'shop' }]],
    ['{"to":{"name":"Kim Sato","age":40},"vip":true}', [{ path: 'to.name', value: 'Kim Sato' }, { path: 'to.age', value: '40' }, { path: 'vip', value: 'true' }]],
    ['{"lines":[1,2]}', [{ path: 'lines', value: '[1,2]' }]],
    ['{"none":null,"empty":{}}', [{ path: 'none', value: 'null' }, { path: 'empty', value: '{}' }]],
  ]
  for (const [args, conditions] of cases) {
    it(`are ${args || 'none'} in the address`, () => {
      equal(parseArguments(args), conditions)
      equal(writeArguments(conditions), args)
    })
  }

  it('stay one object where a path could not say the same', () => {
    for (const args of ['{"e.mail":1}', '{"a b":1}', '{"a:b":1}', '{"":1}', '{}', '{"n":9007199254740993}', '{"n":1e400}', 'nonsense']) equal(parseArguments(args), [{ value: args }])
  })

  it('keep every digit that is typed', () => equal(writeArguments([{ path: 'orderId', value: '9007199254740993' }]), '{"orderId":9007199254740993}'))

  it('must be a path or an object', () => {
    for (const value of ['[1,2]', 'x', '{', '5']) ok(complaintAbout({ value }) !== '', value)
    for (const value of ['{"a":1}', ' {}']) equal(complaintAbout({ value }), '')
    equal(complaintAbout({ path: 'a', value: '{' }), '')
  })
})
