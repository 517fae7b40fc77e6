import { texts } from '../core/words.ts'

/** Our own words in plain ones. `term` shows them where a page first uses the word. */
export const terms = texts({
  partial_evidence: 'Not everything that happened was recorded: for some time nobody measured, or the engine keeps no more. What is shown is true, but something may be missing.',
  history_unavailable: 'The engine keeps nothing about this time, and nothing was recorded here.',
  unknown_evidence: 'Whether everything was recorded is not known.',
  native: 'Done by this console itself: with a preview, a reason and a record in the audit log.',
  drifted: 'What is to be changed has changed since the preview was made. Nothing was done; make a new preview.',
  expired: 'A preview holds for a limited time, so that nobody confirms what is long out of date. Nothing was done; make a new one.',
  consumed: 'A preview changes something once. This one was confirmed already.',
  fingerprint: 'A short name of an error, made from its class, its message without numbers and ids, and the worker. Errors with the same fingerprint are counted as one.',
  new_error: 'First seen within the last day.',
  regression: 'It was resolved, and failed again afterwards.',
  burst: 'It fails far more often than usual for it.',
  p95: 'Of twenty jobs, nineteen waited no longer than this, and one waited longer. Jobs that still wait count as well.',
  executor: 'A process of the host that takes jobs and runs them, often called a worker process.',
  executor_slot: 'A place for one job that runs. An executor with five slots runs five jobs at once.',
  heartbeat: 'Every executor reports itself every few seconds. One that has been silent for long is missing.',
  cron_slot: 'A time at which the schedule says the entry should run, with what became of it.',
  flapping: 'It keeps opening and resolving. One notice was sent; the next follows once it has been stable for an hour.',
  lagging: 'The last measurement is older than it should be, so the figures may have changed since.',
})
export type TermName = keyof typeof terms
