import { spawnSync } from 'node:child_process'
import { chmod, chown, rm } from 'node:fs/promises'
import { serverAccount } from '../../demo-host/postgres/account.ts'
import { makeTemporaryFolder } from './temporary-cluster.ts'

/** A disk of a few megabytes that PostgreSQL may write to; undefined where this account may not mount one. */
export async function mountSmallDisk(megabytes: number): Promise<{ folder: string; remove(): Promise<void> } | undefined> {
  const folder = await makeTemporaryFolder()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status !== 0) {
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  const account = serverAccount()
  if (account) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  return {
    folder,
    async remove() {
      spawnSync('umount', ['-l', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
