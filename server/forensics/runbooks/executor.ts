import type { ExecutorDetail } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForExecutor({ health, held, jobs }: ExecutorDetail, whyNow: string): Advice {
  const gone = health === 'missing'
  return {
    title: gone ? 'An executor that is missing' : 'An executor',
    whyNow,
    prerequisites: [
      { label: 'It beats', met: health === 'healthy' ? true : health === 'unknown' ? null : false },
      { label: 'The engine answers', met: jobs !== null },
    ],
    cautions: gone ? ['It may still be working and only have lost its connection. A job that is rescued then runs twice.'] : [],
    steps: gone
      ? [byHost('Check whether its process, or its machine, is gone.'), ...(held === 0 ? [] : [here('Once it is, rescue the jobs it had in hand.')]), byHost('Start another, if none takes its place by itself.')]
      : [here('Compare its version and its failures with those of the others.'), byHost('Ask its owners before you stop it.')],
    needs: ['rescue_job'],
  }
}
