import type { Context } from 'koa'
import { z } from 'zod'
import { ownChangesHeader } from '../../schemas/own-changes.ts'
import { cursorCodec } from '../cursor.ts'
import type { WalMark, WalPosition } from '../db/replica.ts'
import { describeFailure } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'

/**
 * What a reader has changed or heard of, so that it is in everything they read next, whichever process answers: an opaque text in
 * a header. Positions are encrypted, because their distance reveals how much others write.
 */
const codec = cursorCodec<{ position: WalPosition; at: number }>('own changes', z.strictObject({ position: z.string().length(16), at: z.number() }))

/** Undefined without a replica. It starts with the time, so that of two such texts the later one compares as greater. */
export async function writeOwnChanges({ db, log }: Pick<Kit, 'db' | 'log'>): Promise<string | undefined> {
  if (!db.replica) return undefined
  try {
    const { position, at } = await withTimeout(db.replica.mark(), markTimeoutMs, () => new Error('The database does not answer.'))
    return `${at.getTime().toString().padStart(15, '0')}.${await codec.write(db, { position, at: at.getTime() })}`
  } catch (error) {
    log.warn('where a change is in the log of the database is unknown, so a list from the replica may lack it for a moment', describeFailure(error))
    return undefined
  }
}

const markTimeoutMs = 1_000

export async function announceOwnChanges(kit: Kit, ctx: Context): Promise<void> {
  const text = await writeOwnChanges(kit)
  if (text !== undefined) ctx.set(ownChangesHeader, text)
}

/** Undefined if there is none. What cannot be read, such as a text of another installation, only the primary can answer. */
export async function parseOwnChanges({ db }: Kit, ctx: Context): Promise<WalMark | 'unreadable' | undefined> {
  const text = ctx.get(ownChangesHeader)
  if (text === '') return undefined
  if (text.length > 300) return 'unreadable'
  return codec.parse(db, text.slice(text.indexOf('.') + 1)).then(({ position, at }) => ({ position, at: new Date(at) }), () => 'unreadable' as const)
}
