import type { Command } from 'commander'
import { type BulkRun, type CreatedPreview, type Executed, operationRequest, type Plan } from '../../schemas/index.ts'
import { createPreview, executePreview } from '../operations/pipeline.ts'
import { confirm, prompt, requireAnswerable } from './ask.ts'
import { followRun, outcomesInWords } from './bulk-progress.ts'
import { CliError } from './explain.ts'
import { print, printJson, shortTime, visible } from './print.ts'
import { type CliSession, withSession } from './session.ts'

/** The parsed flags of `acting`. */
export interface ActOptions {
  reason?: string
  dryRun?: boolean
  yes?: boolean
  json?: boolean
  /** False leaves a background run to the host's servers. */
  wait?: boolean
}

/** The host may tighten both. */
const reasons = { required: 'required, at least 8 characters unless the host says otherwise', optional: 'optional unless the host requires it' }

/** Adds the flags shared by all commands that change something. */
export function acting(command: Command, description: string, reason: 'required' | 'optional' = 'required'): Command {
  return command
    .description(description)
    .option('--reason <text>', `why, recorded in the audit log; ${reasons[reason]}`)
    .option('--dry-run', 'show the preview without changing anything or asking for confirmation')
    .option('--yes', 'skip the confirmation; required if standard input is not a terminal')
    .option('--json', 'print JSON: the preview with --dry-run, otherwise the audit event or the bulk run')
}

/** Previews, asks for confirmation, and executes, through the same pipeline as the pages. */
export async function act(command: Command, options: ActOptions, input: unknown): Promise<void> {
  const request = operationRequest.parse(input)
  if (!options.dryRun) requireAnswerable(options.yes)
  await withSession(command, async (session) => {
    const preview = await createPreview(session.scope(), request)
    if (!options.json) showPreview(preview)
    if (options.dryRun) return showDryRun(preview, options)
    const reason = await reasonFor(preview, options)
    if (!options.yes && !(await confirm(`${visible(preview.plan.title)}?`))) throw new CliError('Nothing was changed.')
    await execute(session, preview, { ...options, reason })
  })
}

/** Prompts for a missing reason on a terminal; forgetting `--reason` is not recorded as a refused attempt. */
async function reasonFor({ plan, reasonRequired }: CreatedPreview, { reason, yes }: ActOptions): Promise<string | undefined> {
  if (!reasonRequired || reason?.trim()) return reason
  const entered = yes || !process.stdin.isTTY ? '' : await prompt('Reason:')
  if (entered) return entered
  throw new CliError(`${plan.action} requires a reason; expected --reason <text>. Nothing was changed.`)
}

async function execute(session: CliSession, { id, token }: CreatedPreview, { reason, json, wait }: ActOptions): Promise<void> {
  const done = await executePreview(session.scope(), { id, token, reason })
  if ('bulk' in done) return printRun(wait === false ? done.bulk : await followRun(session, done.bulk), json)
  const { result } = done
  const outcomes = typeof result.bulkId === 'string' ? ((result.outcomes ?? {}) as BulkRun['outcomes']) : undefined
  if (json) printJson(done)
  else printEvent(done)
  if (outcomes) printOutcomes(String(result.bulkId), outcomes, json)
}

function printEvent({ event, result }: Executed): void {
  print(`Done: ${event.eventType} on ${event.subject.type}:${event.subject.id} as ${visible(event.actor.label)}, audit event ${event.id}.`)
  if (typeof result.jobId === 'string' && result.jobId !== event.subject.id) print(`Job ${result.jobId}.`)
}

function printRun(run: BulkRun, json: boolean | undefined): void {
  if (json) printJson({ bulk: run })
  else print(`Bulk run ${run.id}: ${run.status}.`)
  if (run.status === 'finished' || run.status === 'aborted') printOutcomes(run.id, run.outcomes, json)
}

/** The exit code tells a script that some jobs were not changed. */
function printOutcomes(id: string, outcomes: BulkRun['outcomes'], json = false): void {
  const left = Object.entries(outcomes).some(([outcome, count]) => outcome !== 'done' && count > 0)
  if (!json) print(`Outcomes: ${outcomesInWords(outcomes)}.${left ? ` For details: ops-powertools bulk items ${id}` : ''}`)
  if (left) process.exitCode = 1
}

function showPreview({ plan, expiresAt, reasonRequired }: CreatedPreview): void {
  const state = (value: Record<string, unknown>) => (Object.keys(value).length ? JSON.stringify(value) : '-')
  const lines: [string, string][] = [
    ['actor', `${plan.actor.label} (${plan.actor.type})`],
    ['action', plan.action],
    ['subject', `${plan.subject.type}:${plan.subject.id}`],
    ['effect', plan.effect],
    ...(plan.selection ? selectionLines(plan.selection) : []),
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

function selectionLines({ total, eligible, notEligible, byQueue, byState, bulkId }: NonNullable<Plan['selection']>): [string, string][] {
  const counts = (of: Record<string, number>) => Object.entries(of).map(([name, count]) => `${name} ${count}`).join(', ')
  return [
    ['jobs', `${eligible} of ${total} can be changed${eligible ? ` (${counts(byState)}; queues: ${counts(byQueue)})` : ''}`],
    ...Object.entries(notEligible).map(([why, count]): [string, string] => ['left', `${count}: ${why}`]),
    ['run', bulkId],
  ]
}

/** Without the preview's secret token: a script that wants to execute runs the command without --dry-run. */
function showDryRun({ id, status, plan, reasonRequired, expiresAt }: CreatedPreview, { json }: ActOptions): void {
  if (json) printJson({ id, status, plan, reasonRequired, expiresAt })
  else print('Nothing was changed (--dry-run).')
}

