import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** One statement as it went to the database, `begin` and `commit` included, and on which connection. */
export interface Statement {
  connection: number
  text: string
  values: unknown[]
}

let recorded: Statement[] | undefined

/** Notes every statement of this process from now on; to be called before the first connection is made. */
export function watchStatements(): void {
  const numbers = new WeakMap<object, number>()
  let connections = 0
  const original = pg.Client.prototype.query as (...given: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    if (!numbers.has(this)) numbers.set(this, ++connections)
    const [first, second] = given
    const text = typeof first === 'string' ? first : (first as { text: string }).text
    const values = Array.isArray(second) ? second : ((first as { values?: unknown[] }).values ?? [])
    recorded?.push({ connection: numbers.get(this)!, text, values: [...values] })
    return original.apply(this, given)
  } as typeof pg.Client.prototype.query
}

export function startRecording(): void {
  recorded = []
}

export function stopRecording(): Statement[] {
  const statements = recorded ?? []
  recorded = undefined
  return statements
}

/** Subjects of the recorded turn, each with what stands in its place. */
export type Places = ReadonlyMap<string, string>

/**
 * The same statements for another turn: about other subjects, and with new ids and hashes for whatever the recorded turn made,
 * so that they touch as many rows as it did.
 */
export function turnOf(requests: Statement[][], places: Places): Statement[][] {
  const made = new Map<string, string>(places)
  const renew = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renew)
    return typeof value === 'string' ? value.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|\b[\da-f]{64}\b|\bbench_\d+\b/g, replaced) : value
  }
  const replaced = (found: string): string => {
    if (!made.has(found)) made.set(found, found.startsWith('bench_') ? found : found.includes('-') ? crypto.randomUUID() : randomBytes(32).toString('hex'))
    return made.get(found)!
  }
  return requests.map((statements) => statements.map(({ connection, text, values }) => ({ connection, text: String(renew(text)), values: values.map(renew) })))
}

/** One request's statements, one after another, in the same transactions. */
export async function replay(pool: pg.Pool, statements: Statement[]): Promise<void> {
  const open = new Map<number, pg.PoolClient>()
  try {
    for (const { connection, text, values } of statements) {
      if (/^begin/i.test(text)) open.set(connection, await pool.connect())
      const client = open.get(connection)
      await (client ?? pool).query(text, values)
      if (client && /^(commit|rollback)$/i.test(text.trim())) {
        client.release()
        open.delete(connection)
      }
    }
  } finally {
    for (const client of open.values()) client.release(true)
  }
}
