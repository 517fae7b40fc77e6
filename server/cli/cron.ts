import { Command, Option } from 'commander'
import { type CronEntry, cronSources, maxRecentSlots, type OperationRequest, operatorStatuses } from '../../schemas/index.ts'
import { type CronFilters, listCronEntries } from '../cron/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { printJson, printTable, shortTime } from './print.ts'
import { withSession } from './session.ts'
import { parseUntil } from './until.ts'

export function cronCommand(): Command {
  const cron = new Command('cron').description('cron entries: list, pause, resume, run')
  cron
    .command('list')
    .description('entries by name')
    .addOption(new Option('--state <state>', 'only entries in this state').choices(['active', 'paused', 'retired']))
    .addOption(new Option('--source <source>', 'only entries from this source').choices(Object.keys(cronSources)))
    .option('--search <text>', 'part of the name')
    .option('--json', 'as JSON')
    .action(listCommand)
  acting(cron.command('pause <name>'), 'future claims stop until resumed', 'optional')
    .option('--until <when>', 'resume automatically at this instant, or after 30m, 6h, 2d')
    .action((name: string, options: ActOptions & { until?: string }, command: Command) =>
      act(command, options, { action: 'pause_cron_entry', ...onEntry(name), input: { resumeAt: options.until && parseUntil(options.until) } }),
    )
  acting(cron.command('resume <name>'), 'claims continue', 'optional').action((name: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'resume_cron_entry', ...onEntry(name) }),
  )
  acting(cron.command('run <name>'), 'one job now, in addition to the schedule', 'optional')
    .option('--slot <instant>', 'make up for the missed slot of this instant instead, once')
    .action((name: string, options: ActOptions & { slot?: string }, command: Command) =>
      act(command, options, { action: 'run_cron_entry', ...onEntry(name), input: { slotAt: options.slot } }),
    )
  return cron
}

async function listCommand({ search, json, ...filters }: CronFilters & { search?: string; json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_cron')
    const entries: CronEntry[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listCronEntries(scope(), { ...filters, q: search }, { limit: 200, cursor, recent: json ? maxRecentSlots : 0 })
      entries.push(...page.items)
      if (!(cursor = page.nextCursor)) break
    }
    if (json) return printJson(entries)
    printTable(['name', 'status', 'expression', 'timezone', 'queue', 'last run', 'next run', 'detail'], entries.map(rowOf))
  })
}

function rowOf({ name, status, expression, timezone, queue, lastRun, nextRuns, detail }: CronEntry): string[] {
  return [name, operatorStatuses[status], expression, timezone, queue, shortTime(lastRun?.at), shortTime(nextRuns[0]), detail]
}

function onEntry(id: string): Pick<OperationRequest, 'subject'> {
  return { subject: { type: 'cron_entry', id } }
}
