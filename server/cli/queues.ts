import { Command } from 'commander'
import type { Queue } from '../../schemas/index.ts'
import { listQueues } from '../queues/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { CliError } from './explain.ts'
import { printJson, printTable, shortTime, visible } from './print.ts'
import { withSession } from './session.ts'

/** Figures come from the servers' last measurement; changes go to the engine immediately. */
export function queuesCommand(): Command {
  const queues = new Command('queues').description('queues: list, pause, resume, scale')
  queues
    .command('list')
    .description("queues by name, as last measured by one of the host's servers")
    .option('--search <text>', 'part of the name')
    .option('--json', 'as JSON')
    .action(listCommand)
  acting(queues.command('pause <name>'), 'its jobs wait until it is resumed; running jobs continue').action(
    (name: string, options: ActOptions, command: Command) => act(command, options, { action: 'pause_queue', ...onQueue(name) }),
  )
  acting(queues.command('resume <name>'), 'its jobs run again').action((name: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'resume_queue', ...onQueue(name) }),
  )
  acting(queues.command('scale <name> <limit>'), 'limit how many of its jobs each executor (on some engines, all executors together) runs at once, from 1 to 100000').action(
    (name: string, limit: string, options: ActOptions, command: Command) =>
      act(command, options, { action: 'scale_queue', ...onQueue(name), input: { limit: parseLimit(limit) } }),
  )
  return queues
}

function onQueue(id: string): { subject: { type: 'queue'; id: string } } {
  return { subject: { type: 'queue', id } }
}

function parseLimit(given: string): number {
  if (/^[1-9]\d{0,4}$|^100000$/.test(given)) return Number(given)
  throw new CliError(`The limit is '${visible(given)}'; expected a whole number from 1 to 100000.`)
}

async function listCommand({ search, json }: { search?: string; json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_queues')
    const queues: Queue[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listQueues(scope(), { name: search, limit: 200, cursor })
      queues.push(...page.items)
      if (!(cursor = page.nextCursor)) break
    }
    if (json) return printJson(queues)
    printTable(['name', ...shown, 'oldest', 'finished/min', 'failed/min', 'wait p95', 'executors', 'paused', 'as of'], queues.map(rowOf))
  })
}

const shown = ['available', 'scheduled', 'executing', 'retryable', 'discarded'] as const

function rowOf({ name, depth, oldestAvailableAt, finishedPerMinute, failedPerMinute, waitP95Seconds, executors, paused, asOf }: Queue): string[] {
  const figure = (value: number | null) => (value === null ? '-' : String(Math.round(value * 10) / 10))
  const counts = shown.map((state) => {
    const of = depth.find((one) => one.state === state)
    return of ? `${of.count}${of.how === 'capped' ? '+' : ''}` : '-'
  })
  const pause = paused ? ['paused', paused.by?.label, paused.reason].filter(Boolean).join(', ') : '-'
  const rates = [figure(finishedPerMinute), figure(failedPerMinute), waitP95Seconds === null ? '-' : `${figure(waitP95Seconds)} s`]
  return [name, ...counts, shortTime(oldestAvailableAt ?? undefined), ...rates, figure(executors), pause, shortTime(asOf)]
}
