import { retainedCoverage, retainedSlots } from '../cron/retained.ts'
import type { Retained } from '../db/retained.ts'
import { retainedErrors } from '../errors/retained.ts'
import { retainedExecutors } from '../executors/retained.ts'
import { retainedIncidents } from '../incidents/retained.ts'
import { retainedPreviews, retainedRuns } from '../operations/retained.ts'

/** Every table that expires row by row; the audit log expires by months. Each is described by its owner and has a line here. */
export const retainedTables: readonly Retained[] = [retainedSlots, retainedCoverage, retainedIncidents, retainedExecutors, retainedErrors, retainedRuns, retainedPreviews]
