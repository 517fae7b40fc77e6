import { hkdfSync } from 'node:crypto'
import type { Database } from './database.ts'
import { Installation } from './entities.ts'

const secrets = new WeakMap<Database, Promise<Buffer>>()

/**
 * A 32-byte key for one purpose, e.g. `cursor`: the same in every process of this installation, and useless for any other
 * purpose. It is derived from the secret that the migrations generate, which is read from the database once per process.
 *
 * @throws Error when the database does not answer or is not migrated; the next call tries again
 */
export async function installationKey(db: Database, purpose: string): Promise<Buffer> {
  return Buffer.from(hkdfSync('sha256', await secretOf(db), '', `ops-powertools ${purpose}`, 32))
}

function secretOf(db: Database): Promise<Buffer> {
  let secret = secrets.get(db)
  if (!secret) {
    secret = getSecret(db)
    secrets.set(db, secret)
    secret.catch(() => secrets.delete(db))
  }
  return secret
}

async function getSecret(db: Database): Promise<Buffer> {
  const row = await db.em().findOne(Installation, { id: 1 })
  if (!row) throw new Error(`Table '${db.schema}.installation' has no row; expected the one that migration 0008-installation inserts.`)
  return Buffer.from(row.secret)
}
