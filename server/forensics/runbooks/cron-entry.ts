import { type Completeness, countOf, type CronEntry } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

/** `missed`: how many slots of the window were not run. */
export function adviceForCronEntry(entry: CronEntry, missed: number, { state }: Pick<Completeness, 'state'>): Advice {
  return {
    title: entry.pause ? 'A paused entry' : missed ? 'An entry that missed runs' : 'A cron entry',
    whyNow: entry.detail,
    prerequisites: [
      { label: 'The evidence covers the whole window', met: state === 'complete' },
      { label: 'You may act on this entry', met: Object.values(entry.permissions).some(({ allowed }) => allowed) },
      ...(entry.pause ? [{ label: 'No earlier run of it is unfinished', met: entry.unfinishedJobs === 0 }] : []),
    ],
    cautions: [
      ...(entry.unfinishedJobs ? [`${countOf(entry.unfinishedJobs, 'job of this entry has', 'jobs of this entry have')} not ended.`] : []),
      'Two events close together do not prove that one caused the other.',
    ],
    steps: stepsFor(entry, missed),
    needs: [],
  }
}

function stepsFor({ pause }: CronEntry, missed: number): Advice['steps'] {
  if (pause) return [here('Find out who paused it and why.'), byHost('Ask them, or check that the reason no longer holds.'), here('Resume it, or let it resume by itself.')]
  if (missed) return [here('Check whether a scheduler was alive at the missed slots.'), byHost('Decide whether the missed work is still wanted.'), here('Run the missed slot if it is.')]
  return [here('Compare the slots with what you expect.'), here('Pause it if it must not run for a while, and set when it resumes.')]
}
