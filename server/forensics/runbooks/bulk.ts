import type { BulkRun } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForBulk({ finishedAt }: BulkRun, whyNow: string): Advice {
  return {
    title: 'A bulk run',
    whyNow,
    prerequisites: [{ label: 'It has ended', met: finishedAt !== undefined }],
    cautions: ['Jobs that changed after the preview were left alone on purpose; check them before you try again.'],
    steps: [here('Review every outcome other than “done”, by reason.'), byHost('Fix the cause.'), here('Select the jobs that were left over and try again.')],
    needs: [],
  }
}
