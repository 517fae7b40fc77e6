import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

/** A finished archive, as read back from the disk. */
export interface ArchiveFile {
  name: string
  rows: number
  /** Of the file as it lies on the disk, in hex. */
  sha256: string
}

/**
 * Writes lines to a gzipped file, and reads it back: its name appears only once it is complete and on the disk.
 *
 * @throws Error when it cannot be written, or what is read back has another number of lines
 */
export async function writeArchive(directory: string, name: string, lines: AsyncIterable<string[]> | Iterable<string[]>): Promise<ArchiveFile> {
  const path = join(directory, name)
  const partial = `${path}.partial`
  try {
    let written = 0
    const chunks = async function* () {
      for await (const chunk of lines) {
        written += chunk.length
        yield chunk.map((line) => `${line}\n`).join('')
      }
    }
    await pipeline(Readable.from(chunks()), createGzip(), createWriteStream(partial, { flags: 'w', mode: 0o600 }))
    await toDisk(partial)
    const { rows, sha256 } = await readBack(partial)
    if (rows !== written) throw new Error(`The archive ${name} has ${rows} lines after ${written} were written.`)
    await rename(partial, path)
    await toDisk(directory)
    return { name, rows, sha256 }
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    throw error
  }
}

async function readBack(path: string): Promise<{ rows: number; sha256: string }> {
  const hash = createHash('sha256')
  let rows = 0
  await pipeline(
    createReadStream(path).on('data', (chunk) => hash.update(chunk)),
    createGunzip(),
    async function (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) for (const byte of chunk) if (byte === 10) rows += 1
    },
  )
  return { rows, sha256: hash.digest('hex') }
}

async function toDisk(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
