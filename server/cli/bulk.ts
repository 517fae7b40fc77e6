import { Command, Option } from 'commander'
import { type BulkItem, type BulkOutcome, bulkOutcomes, type BulkRun, listBulkItems, listBulkRuns } from '../../schemas/index.ts'
import { abortRun } from '../operations/bulk/abort.ts'
import { listItems } from '../operations/bulk/items.ts'
import { listRuns } from '../operations/bulk/list.ts'
import { getRun } from '../operations/bulk/read.ts'
import { showRun } from '../operations/bulk/show.ts'
import { confirm, requireAnswerable } from './ask.ts'
import { fateInWords, outcomesInWords } from './bulk-progress.ts'
import { CliError } from './explain.ts'
import { parseRunId } from './jobs.ts'
import { note, print, printJson, printTable, shortTime, visible } from './print.ts'
import { withSession } from './session.ts'

/** Shows and aborts runs; `jobs retry` and the like start them. */
export function bulkCommand(): Command {
  const bulk = new Command('bulk').description("show and abort runs over many jobs; 'jobs retry --left-by' retries the jobs that a run left over")
  paged(bulk.command('list'))
    .description('confirmed runs, newest first')
    .action(listCommand)
  bulk.command('show <id>').description("a run's progress").option('--json', 'as JSON').action(showCommand)
  paged(bulk.command('items <id>'))
    .description('the jobs of a run, each with its outcome')
    .addOption(new Option('--outcome <outcome>', 'only jobs with this outcome').choices(Object.keys(bulkOutcomes)))
    .action(itemsCommand)
  bulk
    .command('abort <id>')
    .description('stop after the batches in progress, each of at most 1,000 jobs; changes already made stay')
    .option('--yes', 'skip the confirmation; required if standard input is not a terminal')
    .option('--json', 'print the run as JSON')
    .action(abortCommand)
  return bulk
}

function paged(command: Command): Command {
  return command
    .option('--limit <count>', 'maximum number of rows, up to 200', '50')
    .option('--cursor <cursor>', 'continue where the previous page ended')
    .option('--json', 'as JSON')
}

interface PageOptions {
  limit: string
  cursor?: string
  json?: boolean
}

async function listCommand({ limit, cursor, json }: PageOptions, command: Command): Promise<void> {
  const query = listBulkRuns.query!.parse({ limit, cursor })
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_jobs')
    const page = await listRuns(scope(), query)
    if (json) return printJson(page)
    printTable(['id', 'action', 'status', 'eligible', 'outcomes', 'actor', 'started', 'finished', 'since', 'reason'], page.items.map(rowOf))
    if (page.nextCursor) note(`More with --cursor ${page.nextCursor}`)
  })
}

function rowOf(run: BulkRun): string[] {
  const { id, action, status, eligible, outcomes, actor, startedAt, finishedAt, reason } = run
  return [id, action, status, String(eligible), outcomesInWords(outcomes), actor.label, shortTime(startedAt), shortTime(finishedAt), fateInWords(run) ?? '-', reason ?? '-']
}

async function showCommand(text: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  const id = parseRunId('The run', text)
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_jobs')
    const now = scope()
    printBulk(showRun(await getRun(now, id), now), json)
  })
}

function printBulk(run: BulkRun, json: boolean | undefined): void {
  if (json) return printJson(run)
  const lines: [string, string | undefined][] = [
    ['action', run.action],
    ['status', run.status],
    ['actor', run.actor.label],
    ['reason', run.reason],
    ['jobs', `${run.eligible} of ${run.total}`],
    ...Object.entries(run.notEligible).map(([why, count]): [string, string] => ['left', `${count}: ${why}`]),
    ['outcomes', outcomesInWords(run.outcomes)],
    ['started', run.startedAt && shortTime(run.startedAt)],
    ['ended', run.finishedAt && shortTime(run.finishedAt)],
    ['aborted', run.abortedBy && `by ${run.abortedBy.label}`],
    ['since', fateInWords(run)],
  ]
  print(`Bulk run ${run.id}`)
  for (const [name, text] of lines) if (text) print(`  ${name.padEnd(8)}  ${visible(text)}`)
}

async function itemsCommand(text: string, { outcome, limit, cursor, json }: PageOptions & { outcome?: BulkOutcome }, command: Command): Promise<void> {
  const id = parseRunId('The run', text)
  const query = listBulkItems.query!.parse({ outcome, limit, cursor })
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_jobs')
    const page = await listItems(scope(), id, query)
    if (json) return printJson(page)
    printTable(
      ['id', 'queue', 'state', 'outcome', 'detail'],
      page.items.map(({ id: job, queue, state, outcome: itemOutcome, detail }: BulkItem) => [job, queue, state, itemOutcome, detail ?? '-']),
    )
    if (page.nextCursor) note(`More with --cursor ${page.nextCursor}`)
  })
}

async function abortCommand(text: string, { yes, json }: { yes?: boolean; json?: boolean }, command: Command): Promise<void> {
  const id = parseRunId('The run', text)
  requireAnswerable(yes)
  await withSession(command, async ({ scope }) => {
    if (!yes && !(await confirm(`Abort bulk run ${id}?`))) throw new CliError('Nothing was changed.')
    printBulk(await abortRun(scope(), id), json)
  })
}
