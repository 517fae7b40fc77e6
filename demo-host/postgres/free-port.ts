import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await closed(probe)
  return port
}

/** Port 0 means not chosen yet, so it does not count as free. */
export async function isFree(port: number): Promise<boolean> {
  if (port === 0) return false
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  await closed(probe)
  return true
}

function closed(probe: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => probe.close(() => resolve()))
}
