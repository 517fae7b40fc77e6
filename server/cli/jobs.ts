import { Command, Option } from 'commander'
import { type Job, type JobDetail, jobId, jobStates, listJobs as listJobsEndpoint, numberAskedBy, type OperationOn, waitReasons } from '../../schemas/index.ts'
import { getJobWithEvidence } from '../forensics/job.ts'
import { type JobListAsked, listJobs } from '../jobs/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { CliError } from './explain.ts'
import { type JobFilterOptions, parseJobFilters, withJobFilters } from './job-filters.ts'
import { note, print, printJson, printTable, shortTime, visible } from './print.ts'
import { withSession } from './session.ts'

const changes: [verb: string, action: OperationOn<'job'>, what: string][] = [
  ['retry', 'retry_job', 'run again, at once'],
  ['cancel', 'cancel_job', 'do not run; a running job is stopped if the engine supports it'],
  ['discard', 'discard_job', 'give up on; can be restored for 24 h if the engine keeps the job'],
  ['restore', 'restore_job', 'undo a discard of the last 24 h'],
  ['rescue', 'rescue_job', 'take back from a lost executor'],
]

const examples = `
Examples:
  ops-powertools jobs list --state retryable,discarded --error timeout
  ops-powertools jobs retry 4711 --reason 'the mail server is back'
  ops-powertools jobs retry --queue mail --state discarded --dry-run
  ops-powertools jobs retry --left-by <run> --reason 'left over by the first run'

Exit code 0: done, or nothing to do. 1: refused, or some eligible jobs were not changed. 130: interrupted with Ctrl-C; the run continues.`

/** Every filter of the job list is a flag, both of the list and of the commands that change all matching jobs. */
export function jobsCommand(): Command {
  const jobs = new Command('jobs').description(`jobs: list, show, ${changes.map(([verb]) => verb).join(', ')}`).addHelpText('after', examples)
  withJobFilters(jobs.command('list'))
    .description('matching jobs, newest first')
    .addOption(new Option('--order <order>', 'by creation').choices(['newest', 'oldest']).default('newest'))
    .option('--limit <count>', 'maximum number of jobs, up to 200', '50')
    .option('--cursor <cursor>', 'continue where the previous page ended')
    .option('--json', 'as JSON')
    .action(listCommand)
  jobs
    .command('show <id>')
    .description('one job: arguments, attempts, why it is not running, its audit events')
    .option('--json', 'as JSON')
    .action(showCommand)
  for (const [verb, action, what] of changes) {
    const numberInput = numberAskedBy(action)
    const change = acting(withJobFilters(jobs.command(`${verb} [ids...]`)), `${what}; takes job ids, filters, or the jobs that a bulk run left over`)
      .option('--left-by <run>', 'the jobs that this bulk run did not change')
      .option('--no-wait', "leave a run of more than 1,000 jobs to the host's servers; default: process it here and show its progress")
      .action((ids: string[], options: ChangeOptions, command: Command) =>
        act(command, options, { action, ...parseTarget(verb, ids, options), ...(numberInput && { input: { [numberInput.name]: options[numberInput.name] } }) }),
      )
    if (numberInput) change.requiredOption(`--${numberInput.name} <number>`, `${numberInput.label}, from ${numberInput.min} to ${numberInput.max}`, Number)
  }
  return jobs
}

interface ChangeOptions extends ActOptions, JobFilterOptions {
  leftBy?: string
  /** The operation's own input, by name. */
  [input: string]: unknown
}

/** Exactly one way of naming jobs is required; omitting them all never means every job. */
function parseTarget(verb: string, ids: string[], { leftBy, ...options }: ChangeOptions): Record<string, unknown> {
  const filter = parseJobFilters(options)
  const targets = [ids.length > 0, filter !== undefined, leftBy !== undefined].filter(Boolean).length
  if (targets !== 1) {
    const got = targets === 0 ? 'none of them' : 'more than one of them'
    throw new CliError(`jobs ${verb} expects ids, or filters such as --queue, or --left-by, but got ${got}.`)
  }
  if (filter) return { selection: { filter } }
  if (leftBy !== undefined) return { selection: { bulk: parseRunId('--left-by', leftBy) } }
  return ids.length === 1 ? { subject: { type: 'job', id: parseJobId(ids[0]!) } } : { selection: { ids: parseIds(ids) } }
}

const maxIds = 10_000

function parseIds(ids: string[]): string[] {
  if (ids.length > maxIds) throw new CliError(`Got ${ids.length} ids; expected at most ${maxIds}, or filters, which may match more.`)
  return ids.map(parseJobId)
}

/** Checks only what holds for the ids of every engine. */
function parseJobId(text: string): string {
  const { data, error } = jobId.safeParse(text)
  if (!error) return data
  throw new CliError(text === '' ? 'An id is empty; expected the id of a job.' : `An id of ${text.length} characters is too long or contains invalid characters; expected the id of a job.`)
}

/** `option` names the argument in the error message. */
export function parseRunId(option: string, text: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return text.toLowerCase()
  throw new CliError(`${option} is '${visible(text)}'; expected the id of a bulk run, a UUID.`)
}

type ListOptions = JobFilterOptions & { order: string; limit: string; cursor?: string; json?: boolean }

async function listCommand({ order, limit, cursor, json, ...filters }: ListOptions, command: Command): Promise<void> {
  const query = listJobsEndpoint.query!.parse({ ...parseJobFilters(filters), order, limit, cursor }) as JobListAsked
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_jobs')
    const page = await listJobs(scope(), query)
    if (json) return printJson(page)
    printTable(['id', 'state', 'queue', 'worker', 'attempt', 'created', 'due', 'finished', 'error'], page.items.map(rowOf))
    if (page.searched) note(`Only ${page.searched.window} could be searched.`)
    if (page.nextCursor) note(`More with --cursor ${page.nextCursor}`)
  })
}

function rowOf({ id, state, queue, worker, attempt, maxAttempts, createdAt, dueAt, finishedAt, error }: Job): string[] {
  const attempts = maxAttempts === undefined ? String(attempt) : `${attempt}/${maxAttempts}`
  return [id, state, queue, worker ?? '-', attempts, shortTime(createdAt), shortTime(dueAt), shortTime(finishedAt), error ?? '-']
}

async function showCommand(text: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  const id = parseJobId(text)
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_jobs')
    const job = await getJobWithEvidence(scope(), id)
    if (json) printJson(job)
    else showJob(job)
  })
}

function showJob(job: JobDetail): void {
  const lines: [string, string | undefined][] = [
    ['state', `${jobStates[job.state]} (${job.engineState})`],
    ['queue', job.queue],
    ['worker', job.worker],
    ['tags', job.tags.join(', ')],
    ['attempt', job.maxAttempts === undefined ? String(job.attempt) : `${job.attempt} of ${job.maxAttempts}`],
    ...job.waiting.map(({ reason, detail }): [string, string] => ['waits', `${waitReasons[reason]}: ${detail}`]),
    ['args', textOf(job.args)],
    ['meta', textOf(job.meta)],
    ['output', textOf(job.output)],
    ['error', job.error],
    ['cron', job.origin.cronEntry],
    ['parent', job.origin.parent?.id],
    ...job.dependencies.map(({ id, state }): [string, string] => ['needs', `${id} (${state ?? 'unknown'})`]),
    ...job.timeline.map(({ at, label }): [string, string] => ['time', `${shortTime(at)}  ${label}`]),
    ...job.attempts.map(({ number, outcome, error }): [string, string] => ['tried', `${number}: ${outcome}${error === undefined ? '' : `, ${error}`}`]),
    ...(job.events ?? []).map(({ occurredAt, eventType, outcome, actor, reason }): [string, string] => [
      'audit',
      `${shortTime(occurredAt)}  ${eventType} ${outcome} by ${actor.label}${reason === undefined ? '' : `: ${reason}`}`,
    ]),
    ...Object.entries(job.operations).map(([action, { allowed, reason }]): [string, string] => ['may', `${action}: ${allowed ? 'yes' : (reason ?? 'no')}`]),
  ]
  print(`Job ${visible(job.id)}`)
  for (const [name, text] of lines) if (text) print(`  ${name.padEnd(8)}  ${visible(text)}`)
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}
