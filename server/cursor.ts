import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Database } from './db/database.ts'
import { installationKey } from './db/installation-secret.ts'
import { unknownCursor } from './engines/cursor.ts'

/** Where a page of one list begins, as an opaque text for clients. */
export interface CursorCodec<Place> {
  /** Text for `nextCursor`; undefined stays undefined: the list is at its end. */
  write<Given extends Place | undefined>(db: Database, place: Given): Promise<Given extends undefined ? undefined : string>
  /** @throws OpsError `invalid_request` at `query.cursor` when it is not a cursor that this list gave out */
  parse<Given extends string | undefined>(db: Database, cursor: Given): Promise<Given extends undefined ? undefined : Place>
}

const nonceBytes = 12
const tagBytes = 16
/** Cursors come in a few lengths only, because the length of a name is something about it. */
const blockBytes = 64

/**
 * The cursor of the list called `list`. It is encrypted and authenticated with a key of the installation: it says nothing of
 * what it points at, every process can read it, and neither a forged one nor one of another list is taken.
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
  // Node ignores what is not base64url; a cursor has one spelling only.
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
