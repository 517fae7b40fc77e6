import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Pool } from 'pg'
import { findPerson, type Person } from './people.ts'

export const sessionCookie = 'shop_session'
const lifetime = '12 hours'

/** Sign-in sessions. The browser holds a random id; the table holds only its hash. */
export class Sessions {
  readonly #sql: Pool

  constructor(sql: Pool) {
    this.#sql = sql
  }

  async open(person: Person): Promise<string> {
    const id = randomBytes(24).toString('base64url')
    await this.#sql.query('delete from shop.session where expires_at < now()')
    await this.#sql.query(`insert into shop.session (id_hash, person, expires_at) values ($1, $2, now() + $3::interval)`, [
      hash(id),
      person.name,
      lifetime,
    ])
    return id
  }

  async find(request: IncomingMessage): Promise<Person | null> {
    const id = readCookie(request, sessionCookie)
    if (!id) return null
    const { rows } = await this.#sql.query<{ person: string }>(
      'select person from shop.session where id_hash = $1 and expires_at > now()',
      [hash(id)],
    )
    return (rows[0] && findPerson(rows[0].person)) ?? null
  }

  async close(request: IncomingMessage): Promise<void> {
    const id = readCookie(request, sessionCookie)
    if (id) await this.#sql.query('delete from shop.session where id_hash = $1', [hash(id)])
  }
}

function hash(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}

function readCookie(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
