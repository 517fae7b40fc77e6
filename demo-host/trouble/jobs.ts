import type { OpsOptions } from 'ops-powertools'
import type { JobKind } from '../jobs/kind.ts'
import type { Person } from '../host/people.ts'

/** Yearly figures for the accountant. Its worker was left out of the last deploy: nobody takes these jobs. */
const report: JobKind = {
  queue: 'report',
  attended: false,
  async run({ month }, { take }) {
    await take(4)
    return { month }
  },
}

/** Scales a photo for the shop window within two seconds, but never gets done with one that is broken. */
const productPhoto: JobKind = {
  queue: 'product_photo',
  concurrency: 4,
  timeLimitSeconds: 6 * 3600,
  async run({ photo, broken }, { take }) {
    await take(broken === true ? 6 * 3600 : 2)
    return { photo }
  },
}

/** What the shop does besides, when it was started with `--trouble`. */
export const troubledKinds: readonly JobKind[] = [report, productPhoto]

/** How soon the shop wants to hear of it: sooner than the defaults of ten minutes, because nobody waits so long for a demo. */
export const impatience: OpsOptions<Person>['detector'] = {
  queues: { report: { stuckMinutes: 2 }, product_photo: { longRunningMinutes: 1 } },
}
