import type { Operation } from '../operations/operation.ts'
import { pauseCronEntry } from './operations/pause.ts'
import { resumeCronEntry } from './operations/resume.ts'

/** Every operation on cron entries. */
export const cronOperations: Record<string, Operation> = {
  pause_cron_entry: pauseCronEntry,
  resume_cron_entry: resumeCronEntry,
}
