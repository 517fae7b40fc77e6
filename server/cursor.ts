import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Database } from './db/database.ts'
import { installationKey } from './db/installation-secret.ts'
import { unknownCursor } from './engines/cursor.ts'

/** Encodes the start of a list page as an opaque string for clients. */
export interface CursorCodec<Place> {
  /** The value of `nextCursor`; undefined stays undefined, which means the end of the list. */
  write<Given extends Place | undefined>(db: Database, place: Given): Promise<Given extends undefined ? undefined : string>
  /** @throws OpsError `invalid_request` at `query.cursor` when the cursor was not issued by this list */
  parse<Given extends string | undefined>(db: Database, cursor: Given): Promise<Given extends undefined ? undefined : Place>
}

const nonceBytes = 12
const tagBytes = 16
/** Padding to blocks, so that a cursor's length does not reveal the length of a name. */
const blockBytes = 64

/**
 * The cursor codec of the list called `list`. Cursors are encrypted and authenticated with the installation's key: they reveal
 * nothing about the row they point at, every process can read them, and forged cursors or those of another list are rejected.
 */
export function cursorCodec<Place>(list: string, shape: z.ZodType<Place>): CursorCodec<Place> {
  const aad = Buffer.from(`cursor 1 ${list}`)
  return {
    async write(db, place) {
      if (place === undefined) return undefined as never
      return seal(await keyOf(db), aad, JSON.stringify(place)) as never
    },
    async parse(db, cursor) {
      if (cursor === undefined) return undefined as never
      const parsed = shape.safeParse(unseal(await keyOf(db), aad, cursor))
      if (!parsed.success) throw unknownCursor()
      return parsed.data as never
    },
  }
}

function keyOf(db: Database): Promise<Buffer> {
  return installationKey(db, 'cursor')
}

function seal(key: Buffer, aad: Buffer, text: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
  const plain = Buffer.from(text)
  const padding = Buffer.alloc((blockBytes - (plain.length % blockBytes)) % blockBytes, ' ')
  const sealed = Buffer.concat([cipher.update(plain), cipher.update(padding), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

function unseal(key: Buffer, aad: Buffer, cursor: string): unknown {
  const bytes = Buffer.from(cursor, 'base64url')
  // Node ignores characters that are not base64url; a cursor has exactly one valid spelling.
  if (bytes.length <= nonceBytes + tagBytes || bytes.toString('base64url') !== cursor) throw unknownCursor()
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(aad)
      .setAuthTag(bytes.subarray(-tagBytes))
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString())
  } catch {
    throw unknownCursor()
  }
}

/** A `timestamptz` as PostgreSQL writes it in UTC, to the microsecond. */
export const cursorInstant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/)
  .refine((at) => !Number.isNaN(Date.parse(at)))
