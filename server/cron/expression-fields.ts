import { fieldError } from '../error.ts'

interface Field {
  name: string
  min: number
  max: number
  names?: string[]
  /** What this field accepts besides numbers, ranges and steps. */
  extra?: RegExp
  expected: string
}

const fields: Field[] = [
  { name: 'minute', min: 0, max: 59, expected: '0-59' },
  { name: 'hour', min: 0, max: 23, expected: '0-23' },
  { name: 'day of month', min: 1, max: 31, extra: /^(L|LW|([1-9]|[12]\d|3[01])W)$/i, expected: '1-31 or L' },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
    expected: '1-12 or JAN-DEC',
  },
  {
    name: 'day of week',
    min: 0,
    max: 7,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
    extra: /^([0-7]|sun|mon|tue|wed|thu|fri|sat)#([1-5]|L)$/i,
    expected: '0-7 (0 and 7 are Sunday) or SUN-SAT',
  },
]

/** Checks the five fields one by one, so that the message names the invalid one. Returns them separated by single spaces. */
export function checkFields(expression: string, path: string): string {
  const given = expression.trim().split(/\s+/)
  if (given.length !== fields.length || given[0] === '') {
    const got = given[0] === '' ? 'nothing' : `${given.length} ${given.length === 1 ? 'field' : 'fields'} in '${expression}'`
    refuse(path, `got ${got}; expected five fields: minute, hour, day of month, month, day of week`)
  }
  fields.forEach((field, index) => checkField(field, given[index]!, path))
  return given.join(' ')
}

function checkField(field: Field, value: string, path: string): void {
  for (const item of value.split(',')) {
    const problem = findProblem(field, item)
    if (problem) refuse(path, `got '${value}' in the field ${field.name}: ${problem}; expected ${field.expected}, *, lists, ranges or steps`)
  }
}

function findProblem(field: Field, item: string): string | undefined {
  if (item === '') return 'an empty part'
  if (field.extra?.test(item)) return undefined
  const [range, step, ...more] = item.split('/') as [string, string?, ...string[]]
  if (more.length) return `'${item}' has more than one step`
  if (step !== undefined && !(isNumber(step) && Number(step) >= 1 && Number(step) <= field.max)) return `'${step}' is not a step`
  if (range === '*') return undefined
  const [low, high, ...rest] = range.split('-').map((text) => numberOf(field, text))
  if (rest.length || Number.isNaN(low) || Number.isNaN(high)) return `'${range}' is not a value or a range`
  if (low! < field.min || (high ?? low)! > field.max) return `'${range}' is out of range`
  if (high !== undefined && high < low!) return `'${range}' runs backwards`
  if (step !== undefined && high === undefined) return `'${item}' has a step without a range`
  return undefined
}

function numberOf({ min, names = [] }: Field, text: string): number {
  const index = names.indexOf(text.toLowerCase())
  if (index >= 0) return index + min
  return isNumber(text) ? Number(text) : Number.NaN
}

function isNumber(text: string): boolean {
  return /^\d{1,2}$/.test(text)
}

function refuse(path: string, message: string): never {
  throw fieldError(path, message)
}
