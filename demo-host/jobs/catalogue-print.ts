import type { JobKind } from './kind.ts'

/** Sends the catalogue to the printer page by page, which takes half an hour, so that there is always a running job to look at. */
export const cataloguePrint: JobKind = {
  queue: 'catalogue_print',
  attempts: 5,
  timeLimitSeconds: 7200,
  async run({ pages }, { take }) {
    const count = typeof pages === 'number' ? pages : 64
    for (let page = 1; page <= count; page++) await take(30)
    return { pages: count }
  },
}
