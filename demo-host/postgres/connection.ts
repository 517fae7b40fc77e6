import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How to reach a cluster; stored in its data folder, readable only by its owner. */
export interface Connection {
  port: number
  password: string
}

export function connectionUrl({ port, password }: Connection, database = 'postgres', role = 'demo'): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`
}

/** undefined if there is none, or it cannot be read. */
export function readConnection(folder: string): Connection | undefined {
  try {
    const { port, password } = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Partial<Connection>
    return typeof port === 'number' && typeof password === 'string' ? { port, password } : undefined
  } catch {
    return undefined
  }
}

export function writeConnection(folder: string, connection: Connection): void {
  writeFileSync(fileIn(folder), JSON.stringify(connection), { mode: 0o600 })
}

function fileIn(folder: string): string {
  return join(folder, 'connection.json')
}
