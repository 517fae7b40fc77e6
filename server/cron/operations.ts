import { createCronEntry } from './operations/create.ts'
import { deleteCronEntry } from './operations/delete.ts'
import { pauseCronEntry } from './operations/pause.ts'
import { resumeCronEntry } from './operations/resume.ts'
import { runCronEntry } from './operations/run.ts'
import { skipCronSlot } from './operations/skip.ts'
import { unskipCronSlot } from './operations/unskip.ts'
import { updateCronEntry } from './operations/update.ts'

/** Every operation on cron entries, by action. */
export const cronOperations = {
  pause_cron_entry: pauseCronEntry,
  resume_cron_entry: resumeCronEntry,
  run_cron_entry: runCronEntry,
  skip_cron_slot: skipCronSlot,
  unskip_cron_slot: unskipCronSlot,
  create_cron_entry: createCronEntry,
  update_cron_entry: updateCronEntry,
  delete_cron_entry: deleteCronEntry,
}
