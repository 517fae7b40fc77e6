import { Command, Option } from 'commander'
import { type CreatedPreview, type CronEntry, cronSources, type OperationRequest, operationRequest, operatorStatuses } from '../../schemas/index.ts'
import { type CronFilters, listCronEntries } from '../cron/read.ts'
import { operations } from '../handlers.ts'
import { createPreview, executePreview } from '../operations/pipeline.ts'
import { confirm, requireAnswerable } from './ask.ts'
import { CliError } from './explain.ts'
import { print, printJson, printTable, shortTime, visible } from './print.ts'
import { type CliSession, withSession } from './session.ts'

export function cronCommand(): Command {
  const cron = new Command('cron').description('cron entries: look, pause, resume, run')
  cron
    .command('list')
    .description('entries by name')
    .addOption(new Option('--state <state>', 'only these').choices(['active', 'paused', 'retired']))
    .addOption(new Option('--source <source>', 'only these').choices(Object.keys(cronSources)))
    .option('--search <text>', 'part of the name')
    .option('--json', 'as JSON')
    .action(listCommand)
  acting(cron.command('pause <name>'), 'future claims stop until resumed')
    .option('--until <when>', 'resume by itself then: an instant, or from now on 30m, 6h, 2d')
    .action((name: string, options: ActOptions & { until?: string }, command: Command) =>
      act(command, options, { action: 'pause_cron_entry', ...onEntry(name), input: { resumeAt: options.until && readUntil(options.until) } }),
    )
  acting(cron.command('resume <name>'), 'claims go on').action((name: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'resume_cron_entry', ...onEntry(name) }),
  )
  acting(cron.command('run <name>'), 'one job now, beside the schedule').action((name: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'run_cron_entry', ...onEntry(name) }),
  )
  return cron
}

interface ActOptions {
  reason?: string
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

function acting(command: Command, description: string): Command {
  return command
    .description(description)
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--dry-run', 'show the preview and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'the preview, or the audit event, as JSON')
}

async function listCommand({ search, json, ...filters }: CronFilters & { search?: string; json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_cron')
    const entries: CronEntry[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listCronEntries(scope(), { ...filters, q: search }, 200, cursor)
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

/** Preview, question, execute: the pipeline that the pages use. */
async function act(command: Command, options: ActOptions, given: unknown): Promise<void> {
  const request = operationRequest.parse(given)
  if (!options.dryRun) requireAnswerable(options.yes)
  await withSession(command, async (session) => {
    const preview = await createPreview(operations, session.scope(), request)
    if (!options.json) showPreview(preview)
    if (options.dryRun) return showDryRun(preview, options)
    if (!options.yes && !(await confirm(`${preview.plan.title}?`))) throw new CliError('Nothing was changed.')
    await execute(session, preview, options)
  })
}

async function execute({ scope }: CliSession, { id, token }: CreatedPreview, { reason, json }: ActOptions): Promise<void> {
  const done = await executePreview(operations, scope(), { id, token, reason })
  if (json || 'bulk' in done) return printJson(done)
  const { event, result } = done
  print(`Done: ${event.eventType} on ${event.subject.type}:${event.subject.id} as ${visible(event.actor.label)}, audit event ${event.id}.`)
  if (typeof result.jobId === 'string') print(`Job ${result.jobId}.`)
}

function showPreview({ plan, expiresAt, reasonRequired }: CreatedPreview): void {
  const state = (value: Record<string, unknown>) => (Object.keys(value).length ? JSON.stringify(value) : '-')
  const lines: [string, string][] = [
    ['actor', `${plan.actor.label} (${plan.actor.type})`],
    ['action', plan.action],
    ['subject', `${plan.subject.type}:${plan.subject.id}`],
    ['effect', plan.effect],
    ...plan.cautions.map((caution): [string, string] => ['caution', caution]),
    ['before', state(plan.before)],
    ['after', state(plan.after)],
    ['risk', plan.risk],
    ['audit', `${plan.record.eventType} on ${plan.record.subject} by ${plan.record.actor}`],
    ['reason', reasonRequired ? 'required' : 'optional'],
    ['preview', `Preview Ready until ${shortTime(expiresAt)}`],
  ]
  print(visible(plan.title))
  for (const [name, text] of lines) print(`  ${name.padEnd(8)}  ${visible(text)}`)
}

/** The token is a secret of the preview; a script that wants to execute runs the command without --dry-run. */
function showDryRun({ id, status, plan, reasonRequired, expiresAt }: CreatedPreview, { json }: ActOptions): void {
  if (json) printJson({ id, status, plan, reasonRequired, expiresAt })
  else print('Nothing was changed (--dry-run).')
}

function onEntry(id: string): Pick<OperationRequest, 'subject'> {
  return { subject: { type: 'cron_entry', id } }
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function readUntil(given: string): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(given) ?? []
  if (count && unit) return new Date(Date.now() + Number(count) * units[unit]!).toISOString()
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(given) && !Number.isNaN(Date.parse(given))) return new Date(given).toISOString()
  throw new CliError(`--until is '${given}'; expected an instant such as 2026-11-21T06:00:00Z, or 30m, 6h, 2d.`)
}
