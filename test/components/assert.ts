export function ok(value: unknown, what = 'value'): asserts value {
  if (!value) throw new Error(`Expected ${what} to hold, got ${String(value)}`)
}

export function equal<T>(got: T, expected: T, what = 'value'): void {
  const [left, right] = [JSON.stringify(got), JSON.stringify(expected)]
  if (left !== right) throw new Error(`Expected ${what} to be ${right}, got ${left}`)
}

export function includes(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`Expected to read “${part}” in “${text}”`)
}

export function excludes(text: string, part: string): void {
  if (text.includes(part)) throw new Error(`Expected not to read “${part}” in “${text}”`)
}
