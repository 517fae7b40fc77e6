import type { OperatorStatus } from '../../schemas/vocabulary.ts'
import type { Entry } from './rows.ts'
import type { EntryStatus } from './status.ts'

export interface Diagnosis {
  status: OperatorStatus
  diagnosis: string
  detail: string
}

/** The status of an entry and one sentence that explains it; `showError` applies the display policy. */
export function diagnose(entry: Pick<Entry, 'resumeAt' | 'lastError' | 'retryAt' | 'nextSlotAt'>, status: EntryStatus, showError: (text: string) => string): Diagnosis {
  return { status: status.status, diagnosis: status.diagnosis, detail: describe(entry, status, showError) }
}

function describe({ resumeAt, lastError, retryAt, nextSlotAt }: Parameters<typeof diagnose>[0], status: EntryStatus, showError: (text: string) => string): string {
  switch (status.diagnosis) {
    case 'retired':
      return 'It was removed from the code and no longer runs; its history is kept.'
    case 'paused': {
      const until = resumeAt ? `The system resumes it at ${resumeAt.toISOString()}.` : 'It stays paused until it is resumed.'
      return `Future claims are stopped. ${until}`
    }
    case 'enqueue_failed': {
      const again = retryAt ? ` Next attempt at ${retryAt.toISOString()}.` : ''
      return `The engine created no job: ${showError(lastError ?? '')}.${again}`
    }
    case 'missed_fire':
      return `The slot of ${status.missedAt.toISOString()} was not run although a scheduler was alive.`
    case 'scheduler_down':
      return `The slot of ${status.missedAt.toISOString()} was not run; no scheduler was on record.`
    case 'ready':
      return nextSlotAt ? 'Runs as scheduled.' : 'Its expression never fires again.'
  }
}
