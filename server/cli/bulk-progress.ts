import { setTimeout as wait } from 'node:timers/promises'
import { type BulkFate, bulkFates, type BulkRun } from '../../schemas/index.ts'
import { isUnavailable } from '../describe-failure.ts'
import { getRun } from '../operations/bulk/read.ts'
import { runBatch } from '../operations/bulk/runner.ts'
import { showRun } from '../operations/bulk/show.ts'
import { note, shortTime } from './print.ts'
import type { CliSession } from './session.ts'

const pollEveryMs = 200
/** Without a terminal every update is a new line, so print them rarely. */
const printEveryMs = 5_000

/**
 * Processes a run, alongside the host's servers if any are running, and shows its progress. Waits through outages.
 * Ctrl-C stops after the batch in progress: the host's servers continue a confirmed run.
 */
export async function followRun(session: CliSession, run: BulkRun): Promise<BulkRun> {
  const progress = openProgress()
  const trouble: Trouble = {}
  let last = run
  let stopRequested = false
  const requestStop = () => (stopRequested = true)
  const stopping = () => stopRequested || !isOpen(last)
  process.once('SIGINT', requestStop)
  const lanes = [1, 2].map(() => processBatches(session, run.id, trouble, stopping))
  const processing = Promise.all(lanes)
  try {
    while (!stopping()) {
      progress.show(last, trouble.now)
      await Promise.race([wait(pollEveryMs), processing])
      last = await refreshRun(session, last, trouble)
    }
    await processing
    last = await refreshRun(session, last, trouble)
    progress.end(last)
    if (stopRequested && isOpen(last)) {
      printNextCommand(run.id)
      process.exitCode = 130
    }
    return last
  } catch (error) {
    printNextCommand(run.id)
    throw error
  } finally {
    stopRequested = true
    await Promise.allSettled(lanes)
    process.off('SIGINT', requestStop)
  }
}

function isOpen({ status }: BulkRun): boolean {
  return status === 'queued' || status === 'running'
}

function printNextCommand(id: string): void {
  note(`The host's servers continue the run. Progress: ops-powertools bulk show ${id}. Abort: ops-powertools bulk abort ${id}`)
}

/** What currently keeps a run from making progress. */
interface Trouble {
  now?: string
}

const troubles = {
  failed: 'a batch failed, retrying',
  away: 'no response, retrying',
}

async function processBatches({ kit }: CliSession, id: string, trouble: Trouble, stopping: () => boolean): Promise<void> {
  while (!stopping()) {
    const result = await withOutageFallback(trouble, () => runBatch(kit, id), 'away')
    if (result === 'failed' || result === 'away') trouble.now = troubles[result]
    if (result === 'recorded') trouble.now = undefined
    // Other processes hold its batches, or the failed batch is in back-off.
    if (result !== 'recorded') await wait(pollEveryMs)
  }
}

/** The run's current state, or the last one seen if the database does not respond. */
function refreshRun({ scope }: CliSession, last: BulkRun, trouble: Trouble): Promise<BulkRun> {
  return withOutageFallback(
    trouble,
    async () => {
      const now = scope()
      return showRun(await getRun(now, last.id), now)
    },
    last,
  )
}

async function withOutageFallback<T>(trouble: Trouble, ask: () => Promise<T>, fallback: T): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isUnavailable(error)) throw error
    trouble.now = troubles.away
    await wait(pollEveryMs)
    return fallback
  }
}

/** On standard error, to keep pipes clean: a line that is rewritten on a terminal, otherwise an occasional new line. */
function openProgress() {
  const live = process.stderr.isTTY
  let printedAt = 0
  return {
    show(run: BulkRun, trouble?: string): void {
      const line = lineOf(run, trouble)
      // A wrapped line could not be rewritten.
      if (live) process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`)
      else if (Date.now() - printedAt >= printEveryMs) {
        printedAt = Date.now()
        note(line)
      }
    },
    end(run: BulkRun): void {
      if (live) process.stderr.write(`\r\x1b[2K${lineOf(run)}\n`)
      else note(lineOf(run))
    },
  }
}

const barWidth = 20

function lineOf({ eligible, outcomes, status }: BulkRun, trouble?: string): string {
  const reached = eligible - (outcomes.waiting ?? 0)
  const share = eligible ? reached / eligible : 1
  const full = Math.round(share * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${Math.floor(share * 100)} %  ${reached} of ${eligible} jobs, ${trouble ?? status}`
}

/** e.g. `done 998, changed 2`. */
export function outcomesInWords(outcomes: BulkRun['outcomes']): string {
  const counted = Object.entries(outcomes).filter(([, count]) => count > 0)
  return counted.length ? counted.map(([outcome, count]) => `${outcome} ${count}`).join(', ') : 'nothing to do'
}

/** What became of the jobs since, e.g. `131 completed, 9 failed again`; undefined as long as nothing is known. */
export function fateInWords({ fate }: Pick<BulkRun, 'fate'>): string | undefined {
  if (!fate) return undefined
  const counted = (Object.keys(bulkFates) as BulkFate[]).flatMap((name) => (fate.counts[name] ? [`${fate.counts[name]} ${bulkFates[name]}`] : []))
  const settled = fate.settledAt === undefined ? `, as of ${shortTime(fate.asOf)}` : ''
  return counted.length ? `${counted.join(', ')}${settled}` : undefined
}
