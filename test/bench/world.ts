import { Pool } from 'pg'
import { startTemporaryCluster } from '../support/temporary-cluster.ts'

export interface Bench {
  /** A fresh database on the run's own PostgreSQL. */
  database(name: string): Promise<{ url: string; pool: Pool }>
  /** Takes a database away again whose pool has ended. */
  drop(name: string): Promise<void>
  close(): Promise<void>
}

/** A PostgreSQL as a host would run it: every commit reaches the disk. */
export async function openBench(): Promise<Bench> {
  const cluster = await startTemporaryCluster({ durable: true, settings: ['shared_buffers=1GB', 'max_wal_size=8GB', 'maintenance_work_mem=512MB'] })
  const pools: Pool[] = []
  return {
    async database(name) {
      await administer(cluster.url, `create database ${name}`)
      const url = new URL(cluster.url)
      url.pathname = name
      const pool = new Pool({ connectionString: url.href, max: 8 })
      pool.on('error', () => {})
      pools.push(pool)
      return { url: url.href, pool }
    },
    async drop(name) {
      await administer(cluster.url, `drop database ${name} with (force)`)
    },
    async close() {
      await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()))
      await cluster.remove()
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const admin = new Pool({ connectionString: url, max: 1 })
  // A connection that is closing may still be told that the server ends.
  admin.on('error', () => {})
  await admin.query(statement).finally(() => admin.end())
}

export interface Timing {
  perSecond: number
  median: number
  p95: number
}

/** Runs `work` from `lanes` sides at once for so long, after a warm-up of a quarter of it. */
export async function measure(lanes: number, seconds: number, work: (lane: number, turn: number) => Promise<unknown>): Promise<Timing> {
  const run = async (milliseconds: number) => {
    const taken: number[] = []
    const end = performance.now() + milliseconds
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        for (let turn = 0; performance.now() < end; turn++) {
          const start = performance.now()
          await work(lane, turn)
          taken.push(performance.now() - start)
        }
      }),
    )
    return taken
  }
  await run(seconds * 250)
  const start = performance.now()
  const taken = (await run(seconds * 1000)).toSorted((a, b) => a - b)
  const elapsed = (performance.now() - start) / 1000
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0
  return { perSecond: taken.length / elapsed, median: at(0.5), p95: at(0.95) }
}

export function say(name: string, { perSecond, median, p95 }: Timing): void {
  console.log(`  ${name.padEnd(58)} ${perSecond.toFixed(0).padStart(7)} /s   median ${median.toFixed(2).padStart(7)} ms   p95 ${p95.toFixed(2).padStart(7)} ms`)
}

export function sayRatio(name: string, ratio: number, aim: string): void {
  console.log(`  ${name.padEnd(58)} ${ratio.toFixed(2).padStart(7)}      aim ${aim}`)
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export function sayTime(name: string, milliseconds: number): void {
  console.log(`  ${name.padEnd(58)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s`)
}

export function count(jobs: number): string {
  return jobs.toLocaleString('en')
}
