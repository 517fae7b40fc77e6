import type { Command } from 'commander'
import { jobFilter, jobFilterFlags, type JobFilterName, type JobFilters, jobFilterTable, jobStates } from '../../schemas/index.ts'

const names = Object.keys(jobFilterTable) as JobFilterName[]

/** The filters of the job list, as flags. */
export function withJobFilters(command: Command): Command {
  for (const name of names) {
    const [value, help] = jobFilterFlags[name]
    const states = jobFilterTable[name].kind === 'states' ? `: ${Object.keys(jobStates).join(', ')}` : ''
    command.option(`--${flagOf(name)} <${value}>`, help + states)
  }
  return command
}

function flagOf(name: JobFilterName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

export type JobFilterOptions = { [Name in JobFilterName]?: string }

/** The validated filters; undefined if there are none. */
export function parseJobFilters(options: JobFilterOptions): JobFilters | undefined {
  const fields = Object.fromEntries(names.map((name) => [name, options[name]]))
  return Object.values(fields).some((value) => value !== undefined) ? jobFilter.parse(fields) : undefined
}
