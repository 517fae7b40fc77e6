import { describe, expect, test } from 'vitest'
import { between } from '../../../server/cron/expression.ts'

/**
 * What happens on the days clocks change. Instants are UTC. `docs/` shows this table.
 *
 * Gap (clocks go forward, local times are left out) and overlap (clocks go back, local times happen twice):
 * - Hours and minutes written as numbers, lists or ranges are fixed times: one that falls into the gap runs once at the end of the gap,
 *   of the day it was written for, also when the gap ends at midnight; one that happens twice runs once, the first time.
 * - A minute or hour with `*` or a step follows the clock: nothing in the gap, both times in the overlap.
 */
const table: Zone[] = [
  {
    timezone: 'America/New_York',
    gap: { from: '2026-03-08T05:00', to: '2026-03-08T09:00', what: '02:00 → 03:00 at 07:00 UTC' },
    overlap: { from: '2026-11-01T03:59', to: '2026-11-01T08:00', what: '02:00 → 01:00 at 06:00 UTC' },
    rows: [
      ['30 2 * * *', '07:00', '07:30'],
      ['30 1 * * *', '06:30', '05:30'],
      ['30 1,2,3 * * *', '06:30 07:00 07:30', '05:30 07:30'],
      ['0 1-3 * * *', '06:00 07:00', '05:00 07:00 08:00'],
      ['0 * * * *', '06:00 07:00 08:00 09:00', '04:00 05:00 06:00 07:00 08:00'],
      ['*/30 * * * *', '05:30 06:00 06:30 07:00 07:30 08:00 08:30 09:00', '04:00 04:30 05:00 05:30 06:00 06:30 07:00 07:30 08:00'],
      ['*/15 2 * * *', '', '07:00 07:15 07:30 07:45'],
      ['*/15 1 * * *', '06:00 06:15 06:30 06:45', '05:00 05:15 05:30 05:45 06:00 06:15 06:30 06:45'],
    ],
  },
  {
    timezone: 'Europe/London',
    gap: { from: '2026-03-28T23:00', to: '2026-03-29T04:00', what: '01:00 → 02:00 at 01:00 UTC' },
    overlap: { from: '2026-10-24T22:59', to: '2026-10-25T03:00', what: '02:00 → 01:00 at 01:00 UTC' },
    rows: [
      ['30 1 * * *', '01:00', '00:30'],
      ['0 2 * * *', '01:00', '02:00'],
      ['0 * * * *', '00:00 01:00 02:00 03:00 04:00', '23:00 00:00 01:00 02:00 03:00'],
      ['*/15 1 * * *', '', '00:00 00:15 00:30 00:45 01:00 01:15 01:30 01:45'],
      ['*/15 2 * * *', '01:00 01:15 01:30 01:45', '02:00 02:15 02:30 02:45'],
    ],
  },
  {
    timezone: 'Australia/Lord_Howe',
    gap: { from: '2026-10-03T13:00', to: '2026-10-03T17:00', what: '02:00 → 02:30 at 15:30 UTC' },
    overlap: { from: '2026-04-04T12:59', to: '2026-04-04T17:30', what: '02:00 → 01:30 at 15:00 UTC' },
    rows: [
      ['15 2 * * *', '15:30', '15:45'],
      ['45 1 * * *', '15:15', '14:45'],
      ['0 * * * *', '13:30 14:30 16:00 17:00', '13:00 14:00 15:30 16:30 17:30'],
      ['*/15 2 * * *', '15:30 15:45', '15:30 15:45 16:00 16:15'],
      ['*/15 1 * * *', '14:30 14:45 15:00 15:15', '14:00 14:15 14:30 14:45 15:00 15:15'],
    ],
  },
  {
    timezone: 'America/Sao_Paulo',
    gap: { from: '2018-11-04T01:30', to: '2018-11-04T06:00', what: '00:00 → 01:00 at 03:00 UTC' },
    overlap: { from: '2018-02-18T00:30', to: '2018-02-18T05:00', what: '00:00 → 23:00 at 02:00 UTC' },
    rows: [
      ['30 0 * * *', '03:00', '03:30'],
      ['0 0 * * *', '03:00', '03:00'],
      ['30 23 * * *', '02:30', '01:30'],
      ['0 * * * *', '02:00 03:00 04:00 05:00 06:00', '01:00 02:00 03:00 04:00 05:00'],
      ['*/15 0 * * *', '', '03:00 03:15 03:30 03:45'],
      ['*/30 23 * * *', '02:00 02:30', '01:00 01:30 02:00 02:30'],
    ],
  },
  {
    timezone: 'America/Nuuk',
    gap: { from: '2026-03-28T22:00', to: '2026-03-29T02:00', what: '23:00 → 00:00 of the day after at 01:00 UTC' },
    overlap: { from: '2026-10-24T22:59', to: '2026-10-25T03:00', what: '00:00 → 23:00 of the day before at 01:00 UTC' },
    rows: [
      ['30 23 * * *', '01:00', '00:30'],
      ['30 23 * * sat', '01:00', '00:30'],
      ['30 23 28 * *', '01:00', ''],
      ['0 0 * * sun', '01:00', '02:00'],
      ['0 * * * *', '23:00 00:00 01:00 02:00', '23:00 00:00 01:00 02:00 03:00'],
      ['*/30 23 * * *', '', '00:00 00:30 01:00 01:30'],
    ],
  },
  {
    timezone: 'Etc/UTC',
    gap: { from: '2026-03-08T00:30', to: '2026-03-08T03:00', what: 'none' },
    overlap: { from: '2026-11-01T00:30', to: '2026-11-01T03:00', what: 'none' },
    rows: [
      ['30 2 * * *', '02:30', '02:30'],
      ['0 * * * *', '01:00 02:00 03:00', '01:00 02:00 03:00'],
      ['*/15 2 * * *', '02:00 02:15 02:30 02:45', '02:00 02:15 02:30 02:45'],
    ],
  },
]

interface Zone {
  timezone: string
  gap: { from: string; to: string; what: string }
  overlap: { from: string; to: string; what: string }
  /** Expression, instants on the day of the gap, instants on the day of the overlap. */
  rows: [expression: string, gap: string, overlap: string][]
}

for (const { timezone, gap, overlap, rows } of table) {
  describe(timezone, () => {
    test.each(rows)(`'%s' in the gap (${gap.what}) and the overlap (${overlap.what})`, (expression, inGap, inOverlap) => {
      const seen = ({ from, to }: { from: string; to: string }) =>
        between({ expression, timezone }, new Date(`${from}Z`), new Date(`${to}Z`), 100)
          .map((at) => at.toISOString().slice(11, 16))
          .join(' ')
      expect(seen(gap)).toBe(inGap)
      expect(seen(overlap)).toBe(inOverlap)
    })
  })
}
