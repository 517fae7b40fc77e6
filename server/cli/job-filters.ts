import type { Command } from 'commander'
import { type JobFilters, jobFilter, jobStates } from '../../schemas/index.ts'

/** The filters of the job list, as flags. */
export function withJobFilters(command: Command): Command {
  return command
    .option('--state <states>', `jobs in these states, separated by commas: ${Object.keys(jobStates).join(', ')}`)
    .option('--queue <queue>', 'jobs of this queue')
    .option('--worker <worker>', 'jobs of this worker')
    .option('--id <id>', 'the job with this id')
    .option('--tag <tag>', 'jobs with this tag')
    .option('--args <json>', 'jobs whose arguments contain this object, e.g. \'{"orderId":1}\'')
    .option('--error <text>', 'jobs with this text in the last error, case-insensitive')
    .option('--cron-entry <name>', 'jobs created by this cron entry')
    .option('--time <which>', 'the time that --from and --to refer to: created (default), due, finished')
    .option('--from <instant>', 'jobs whose time is at or after this, e.g. 2026-11-21T02:00:00Z')
    .option('--to <instant>', 'jobs whose time is before this')
}

export type JobFilterOptions = { [Name in keyof JobFilters]?: string }

/** The validated filters; undefined if there are none. */
export function parseJobFilters({ state, queue, worker, id, tag, args, error, cronEntry, time, from, to }: JobFilterOptions): JobFilters | undefined {
  const fields = { state, queue, worker, id, tag, args, error, cronEntry, time, from, to }
  return Object.values(fields).some((value) => value !== undefined) ? jobFilter.parse(fields) : undefined
}
