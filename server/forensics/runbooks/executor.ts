import type { ExecutorDetail } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForExecutor({ health, held, jobs }: ExecutorDetail, whyNow: string): Advice {
  const gone = health === 'missing'
  return {
    title: gone ? 'A missing executor' : 'An executor',
    whyNow,
    prerequisites: [
      { label: 'It sends heartbeats', met: health === 'healthy' ? true : health === 'unknown' ? null : false },
      { label: 'The engine answers', met: jobs !== null },
    ],
    cautions: gone ? ['It may still be working and only have lost its connection. In that case a rescued job runs twice.'] : [],
    steps: gone
      ? [byHost('Check whether its process or its machine is gone.'), ...(held === 0 ? [] : [here('If so, rescue its jobs.')]), byHost('Start another one, unless it is replaced automatically.')]
      : [here('Compare its version and its failures with those of the others.'), byHost('Ask its owners before you stop it.')],
    needs: ['rescue_job'],
  }
}
