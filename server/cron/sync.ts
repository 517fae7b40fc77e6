import type { EventType } from '../../schemas/index.ts'
import { sql } from 'kysely'
import { waitForLock } from '../db/advisory.ts'
import { type Em, setLockTimeout } from '../db/query.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { writeEvent } from '../operations/event.ts'
import type { DeclaredCronEntry } from '../options.ts'
import { uuidv7 } from '../uuid.ts'
import { compareDefinitions, type Declared, definitionOf, parseDeclarations } from './definition.ts'
import { type Entry, hintEntries, queryEntries, type RawEntry, resourceOf } from './rows.ts'
import { insertEntry, retireEntry, type Saved, saveDefinition } from './save.ts'

/**
 * Updates the stored entries to match the code, in one transaction. An operator's pause is preserved. Entries removed from the
 * code are retired but keep their history, also if they return later. Unchanged entries are not written.
 */
export async function syncDeclaredEntries(kit: Kit, declarations: DeclaredCronEntry[]): Promise<void> {
  const declared = parseDeclarations(declarations)
  await kit.db.transact(async (em) => {
    // Processes that start at the same time wait for each other.
    await setLockTimeout(em, 15_000)
    await waitForLock(kit.db, em, 'cron')
    const sync: Sync = { kit, em, now: await kit.dbNow(em), requestId: `system-start-${uuidv7()}`, changed: [] }
    const stored = new Map((await loadEntries(sync, declared)).map((entry) => [entry.name, entry]))
    for (const each of declared) await syncEntry(sync, each, stored.get(each.name))
    const names = new Set(declared.map(({ name }) => name))
    for (const entry of stored.values()) if (!names.has(entry.name) && !entry.retiredAt) await retire(sync, entry)
    await hintEntries(kit.db, em, sync.changed, ['cron', 'audit'])
  })
}

interface Sync {
  kit: Kit
  em: Em
  now: Date
  requestId: string
  changed: Pick<Entry, 'name' | 'queue' | 'worker'>[]
}

function loadEntries({ kit: { db }, em }: Sync, declared: Declared[]): Promise<Entry[]> {
  const names = declared.map(({ name }) => name)
  return queryEntries(
    em,
    sql<RawEntry>`select * from ${db.table('cron_entry')} where source in ('code', 'fixture') or name = any(${names}::text[])
      order by name for update`,
  )
}

async function syncEntry(sync: Sync, { name, source, definition }: Declared, stored?: Entry): Promise<void> {
  const { kit, em, now } = sync
  if (!stored) {
    const entry = await insertEntry(kit.db, em, { name, source, ...definition }, now)
    if (!entry) throw new Error(`createOps: cron entry '${name}' was created at the same moment by another process or an operator; start this process again.`)
    return record(sync, entry, 'cron.declared', { before: {}, after: { source, ...definition } })
  }
  if (stored.source === 'runtime') {
    throw new Error(
      `createOps: cron entry '${name}' is declared in code, but an operator created an entry of that name at runtime. ` +
        'Delete that entry or declare this one under another name; nothing was changed.',
    )
  }
  const changes = compareDefinitions(definitionOf(stored), definition)
  if (!changes && stored.source === source && !stored.retiredAt) return
  const saved: Saved = { ...stored, ...definition, source }
  await saveDefinition(kit.db, em, stored, saved, now)
  const reactivated = stored.retiredAt ? { before: { retiredAt: stored.retiredAt.toISOString() }, after: { retiredAt: null } } : undefined
  const moved = stored.source === source ? undefined : { before: { source: stored.source }, after: { source } }
  const before = { ...changes?.before, ...reactivated?.before, ...moved?.before }
  const after = { ...changes?.after, ...reactivated?.after, ...moved?.after }
  await record(sync, saved, reactivated ? 'cron.declared' : 'cron.reconfigured', { before, after })
}

async function retire(sync: Sync, entry: Entry): Promise<void> {
  await retireEntry(sync.kit.db, sync.em, entry, sync.now)
  await record(sync, entry, 'cron.retired', { before: { retiredAt: null }, after: { retiredAt: sync.now.toISOString() } })
}

async function record(sync: Sync, entry: Saved, eventType: EventType, { before, after }: { before: object; after: object }): Promise<void> {
  sync.changed.push(entry)
  await writeEvent(
    sync.kit.db,
    sync.em,
    {
      action: 'sync_cron_entry',
      eventType,
      outcome: 'succeeded',
      actor: systemPrincipal,
      subject: { type: 'cron_entry', id: entry.name },
      before: { ...before },
      after: { ...after },
      source: 'system',
      requestId: sync.requestId,
      metadata: { resource: resourceOf(entry) },
    },
  )
}
