import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from '../start-error.ts'

/** The unprivileged account PostgreSQL runs under if the demo itself runs as root. */
export interface Account {
  uid: number
  gid: number
}

/** The account to use as root, because PostgreSQL refuses to run as root; undefined for any other user. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const account = findAccount(name)
    if (account) return account
  }
  throw new StartError(
    'PostgreSQL does not run as root and there is neither an account "postgres" nor "nobody" here: run the demo as another user, or set DATABASE_URL.',
  )
}

function findAccount(name: string): Account | undefined {
  try {
    return { uid: accountNumber('-u', name), gid: accountNumber('-g', name) }
  } catch {
    return undefined // no such account
  }
}

function accountNumber(which: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [which, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}

/** Whether this account can reach the folder; a parent with mode 0700, such as a home directory, prevents it. */
export function isReachable(folder: string, account: Account | undefined): boolean {
  if (!account) return true
  for (let path = folder; ; path = dirname(path)) {
    const { uid, gid, mode } = statSync(path)
    const executeBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & executeBit) === 0) return false
    if (path === dirname(path)) return true
  }
}
