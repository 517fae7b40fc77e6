import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandOf, isAlive } from './processes.ts'
import { StartError } from './start-error.ts'

/** Locks the data folder, because two demos must not share one. Returns the function that releases the lock. */
export function lockData(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, 'demo.pid')
  const ownPidFile = join(folder, `demo.pid.${process.pid}`)
  writeFileSync(ownPidFile, String(process.pid))
  try {
    if (!tryLink(lock, ownPidFile)) {
      refuseWhileHeld(lock, folder)
      rmSync(lock, { force: true })
      if (!tryLink(lock, ownPidFile)) refuseWhileHeld(lock, folder)
    }
  } finally {
    rmSync(ownPidFile, { force: true })
  }
  return () => rmSync(lock, { force: true })
}

/** Creating a link is atomic. */
function tryLink(lock: string, ownPidFile: string): boolean {
  try {
    linkSync(ownPidFile, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function refuseWhileHeld(lock: string, folder: string): void {
  const holder = Number(readFileSync(lock, 'utf8'))
  if (holder > 1 && holder !== process.pid && isAlive(holder) && isDemo(holder)) {
    throw new StartError(`Another demo (process ${holder}) is using ${folder}: stop it first, or give this one its own folder with DEMO_DATA.`)
  }
}

/** Process ids are reused; assume the process is the demo unless it can be seen to be something else. */
function isDemo(pid: number): boolean {
  const command = commandOf(pid)
  return command === undefined || command === '' || command.includes('demo-host')
}
