import type { SchedulePreview } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { listClockNotes } from './clock-notes.ts'
import { describe, parseSchedule, type Schedule, upcomingTexts } from './expression.ts'
import { suggestExpression, suggestTimezone } from './suggest.ts'

const nextRuns = 5

/** The meaning of a schedule that somebody is typing. What is invalid is an answer here, not a failed request. */
export function previewCronSchedule(given: Schedule, now: Date): SchedulePreview {
  const asOf = now.toISOString()
  const errors = findErrors(given)
  if (errors.length) return { errors, nextRuns: [], clockNotes: [], asOf }
  const schedule = parseSchedule(given)
  return { errors, description: describe(schedule.expression), nextRuns: upcomingTexts(schedule, now, nextRuns), clockNotes: listClockNotes(schedule, now), asOf }
}

function findErrors(given: Schedule): SchedulePreview['errors'] {
  try {
    parseSchedule(given)
    return []
  } catch (error) {
    if (!(error instanceof OpsError) || !error.details.errors) throw error
    return error.details.errors.map(({ path, message }) => {
      const field = path === 'timezone' ? 'timezone' : 'expression'
      return { field, message, suggestion: field === 'timezone' ? suggestTimezone(given.timezone) : suggestExpression(given.expression, isValid) }
    })
  }
}

function isValid(expression: string): boolean {
  return findErrors({ expression, timezone: 'Etc/UTC' }).length === 0
}
