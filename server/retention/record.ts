import type { Em } from '../db/database.ts'
import { Archive } from '../db/entities.ts'
import type { RetentionKind } from '../host/retention.ts'
import type { ArchiveFile } from './archive-file.ts'

/** Call it in the transaction that deletes the rows. */
export async function recordArchive(em: Em, { id, kind, file, from, to }: { id: string; kind: RetentionKind; file: ArchiveFile; from: string; to: string }): Promise<void> {
  await em.insert(Archive, {
    id,
    kind,
    file: file.name,
    sha256: file.sha256,
    rows: String(file.rows),
    fromAt: new Date(from),
    toAt: new Date(to),
    archivedAt: new Date(),
  })
}
