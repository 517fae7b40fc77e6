import { Command, Option } from 'commander'
import { actorKinds, type AuditEvent, type AuditFilters, auditOutcomes, exportAuditEvents, listAuditEvents } from '../../schemas/index.ts'
import { exportEvents } from '../audit/export.ts'
import { listEvents } from '../audit/list.ts'
import type { ExportFormat } from '../operations/export-lines.ts'
import { CliError } from './explain.ts'
import { note, printExport, printJson, printTable, shortTime } from './print.ts'
import { withSession } from './session.ts'

export function auditCommand(): Command {
  const audit = new Command('audit').description('the audit log, redacted as the display policy says')
  withFilters(audit.command('list'))
    .description('events, newest first')
    .option('--no-batches', 'one event for each bulk run instead of one for each batch')
    .option('--limit <count>', 'maximum number of events, up to 200', '50')
    .option('--cursor <cursor>', 'continue where the previous page ended')
    .option('--json', 'as JSON')
    .action(listCommand)
  withFilters(audit.command('export'))
    .description('write all matching events to standard output; the export itself is audited')
    .addOption(new Option('--format <format>', 'output format').choices(['csv', 'ndjson']).default('ndjson'))
    .action(exportCommand)
  return audit
}

function withFilters(command: Command): Command {
  return command
    .option('--actor <id>', 'id of the actor')
    .addOption(new Option('--actors <kind>', 'people: neither services nor the system; accounts: all but the system').choices(Object.keys(actorKinds)))
    .option('--action <action>', 'e.g. pause_cron_entry')
    .option('--event-type <type>', 'how it begins: cron.paused, or job. for all of jobs')
    .addOption(new Option('--outcome <outcome>', 'outcome of the event').choices(Object.keys(auditOutcomes)))
    .option('--subject <type:id>', 'e.g. cron_entry:nightly_sync, or just a type')
    .option('--from <instant>', 'inclusive, e.g. 2026-11-21T02:00:00Z')
    .option('--to <instant>', 'exclusive')
    .option('--search <words>', 'words in the reason')
    .option('--not-actor <id>', 'leave out this actor')
    .option('--not-event-type <types>', 'leave out types that begin so, separated by commas')
    .addOption(new Option('--not-outcome <outcome>', 'leave out this outcome').choices(Object.keys(auditOutcomes)))
    .option('--not-subject <type:id>', 'leave out this subject, or just a type')
}

interface FilterOptions extends Pick<AuditFilters, 'actor' | 'action' | 'eventType' | 'from' | 'to' | 'notActor' | 'notEventType'> {
  actors?: string
  outcome?: string
  notOutcome?: string
  subject?: string
  notSubject?: string
  search?: string
}

interface ListOptions extends FilterOptions {
  batches: boolean
  limit: string
  cursor?: string
  json?: boolean
}

async function listCommand({ limit, cursor, json, batches, ...options }: ListOptions, command: Command): Promise<void> {
  const { limit: pageSize, cursor: after, ...filters } = listAuditEvents.query!.parse({ ...parseFilters(options), ...(batches ? {} : { batches: 'no' }), limit, cursor })
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_audit')
    const page = await listEvents(scope(), filters, pageSize, after)
    if (json) return printJson(page)
    printTable(['time', 'event', 'outcome', 'actor', 'subject', 'source', 'reason'], page.items.map(rowOf))
    if (page.nextCursor) note(`More with --cursor ${page.nextCursor}`)
  })
}

function rowOf({ occurredAt, eventType, outcome, code, actor, subject, source, reason }: AuditEvent): string[] {
  const ended = code ? `${outcome} (${code})` : outcome
  return [shortTime(occurredAt), eventType, ended, actor.label, `${subject.type}:${subject.id}`, source, reason ?? '-']
}

async function exportCommand({ format, ...options }: FilterOptions & { format: ExportFormat }, command: Command): Promise<void> {
  const { format: exportFormat, ...filters } = exportAuditEvents.query!.parse({ ...parseFilters(options), format })
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_audit')
    for await (const lines of await exportEvents(scope(), exportFormat, filters, 'cli')) await printExport(lines, exportFormat)
  })
}

function parseFilters({ subject, notSubject, search, ...filters }: FilterOptions): Record<string, unknown> {
  const [subjectType, subjectId] = parseSubject('--subject', subject)
  const [notSubjectType, notSubjectId] = parseSubject('--not-subject', notSubject)
  return { ...filters, subjectType, subjectId, notSubjectType, notSubjectId, q: search }
}

function parseSubject(option: string, subject: string | undefined): [type?: string, id?: string] {
  if (subject === undefined) return []
  const [type, ...id] = subject.split(':')
  if (!type) throw new CliError(`${option} is '${subject}'; expected a type and an id, e.g. cron_entry:nightly_sync.`)
  return [type, id.length ? id.join(':') : undefined]
}
