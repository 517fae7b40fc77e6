import type { ErrorGroupDetail } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForErrors({ perMinute, examples, operations }: ErrorGroupDetail, whyNow: string): Advice {
  return {
    title: 'A group of errors',
    whyNow,
    prerequisites: [
      { label: 'It has stopped failing', met: perMinute === 0 },
      { label: 'An example can be opened', met: examples.length > 0 },
      ...(Object.keys(operations).length ? [{ label: 'You may act on this group', met: Object.values(operations).some(({ allowed }) => allowed) }] : []),
    ],
    cautions: ['A deploy shortly before the first failure is order only, not a cause.', 'While it goes on failing, a retry fails again and uses up attempts.'],
    steps: [here('Read the message, the stack and the examples.'), here('Compare executors and versions: does one of them have most of the failures?'), byHost('Fix the cause, or take the deploy back.'), here('Retry the jobs of the group together.')],
    needs: ['retry_job'],
  }
}
