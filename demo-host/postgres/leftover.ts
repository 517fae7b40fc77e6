import { readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { commandOf, isAlive } from '../processes.ts'
import { StartError } from '../start-error.ts'

/**
 * A start that was killed may leave its server running, or only the server's pid file. The caller holds the lock on
 * the data folder, so a server still running on it is orphaned.
 */
export async function stopLeftover(folder: string, report: (sentence: string) => void): Promise<void> {
  const pid = leftoverPid(folder)
  if (pid === undefined) return
  if (isAlive(pid) && runsOn(folder, pid)) {
    report(`An earlier start left its PostgreSQL running (process ${pid}); it is stopped first.`)
    process.kill(pid, 'SIGINT')
    await goneWithin(10_000, pid)
  }
  rmSync(join(folder, 'postmaster.pid'), { force: true })
}

function leftoverPid(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
    return Number.isInteger(pid) && pid > 1 ? pid : undefined
  } catch {
    return undefined
  }
}

/** The process id may have been reused by another program, which must be left alone. */
function runsOn(folder: string, pid: number): boolean {
  const command = commandOf(pid)
  return command !== undefined && command.includes('postgres') && [folder, realpathSync(folder)].some((path) => command.includes(path))
}

async function goneWithin(milliseconds: number, pid: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await wait(50)) if (!isAlive(pid)) return
  throw new StartError(`An earlier PostgreSQL (process ${pid}) does not stop: end it, then start again.`)
}
