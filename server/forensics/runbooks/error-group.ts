import type { ErrorGroupDetail } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForErrors({ perMinute, examples, operations }: ErrorGroupDetail, whyNow: string): Advice {
  return {
    title: 'An error group',
    whyNow,
    prerequisites: [
      { label: 'It has stopped failing', met: perMinute === 0 },
      { label: 'An example can be opened', met: examples.length > 0 },
      ...(Object.keys(operations).length ? [{ label: 'You may act on this group', met: Object.values(operations).some(({ allowed }) => allowed) }] : []),
    ],
    cautions: ['A deploy shortly before the first failure proves only the order of events, not a cause.', 'While the failures continue, a retry fails again and uses up attempts.'],
    steps: [here('Read the message, the stack and the examples.'), here('Compare executors and versions: do most failures come from one of them?'), byHost('Fix the cause, or roll back the deploy.'), here('Retry the jobs of the group together.')],
    needs: ['retry_job'],
  }
}
