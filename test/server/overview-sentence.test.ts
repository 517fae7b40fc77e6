import { describe, expect, test } from 'vitest'
import type { Trouble } from '../../schemas/index.ts'
import { tellWork, type WorkFacts } from '../../server/overview/sentence.ts'

const facts: WorkFacts = { figures: 'fresh', measuredAt: '2026-11-21T13:22:08.000Z', moving: true, waiting: 97, silent: false, explained: false, failuresCountedAt: null, paused: { entries: 0, queues: 0 } }
const trouble = (text: string): Trouble => ({ status: 'needs_review', text, href: '/x' })
const stuck: Trouble = { status: 'blocked', text: 'report is stuck: 84 jobs, the oldest waits 3 h 1 min.', about: 'report', href: '/ops/jobs/incident/1' }

const cases: [name: string, over: Partial<WorkFacts>, troubles: Trouble[], sentence: string][] = [
  ['work that moves', {}, [], 'Work is moving.'],
  ['nothing to do', { waiting: 0 }, [], 'No jobs are waiting.'],
  ['one trouble', {}, [stuck], 'report is stuck: 84 jobs, the oldest waits 3 h 1 min. The rest is moving.'],
  ['a trouble and nothing else to do', { waiting: 0 }, [trouble('7 jobs failed for good in the last 24 hours.')], '7 jobs failed for good in the last 24 hours. No other jobs are waiting.'],
  ['pauses, which are no trouble', { paused: { entries: 2, queues: 1 } }, [], 'Work is moving. 1 queue and 2 cron entries are paused.'],
  ['one pause', { paused: { entries: 1, queues: 0 } }, [], 'Work is moving. 1 cron entry is paused.'],
  ['a standstill that nothing explains', { moving: false, waiting: 12 }, [], '12 jobs are waiting, and none has finished in five minutes.'],
  ['one job that waits', { moving: false, waiting: 1 }, [], '1 job is waiting, and none has finished in five minutes.'],
  ['an engine that does not report what finishes', { moving: null, silent: true, waiting: 3 }, [], '3 jobs are waiting; the engine does not report whether any has finished.'],
  ['figures that lag', { figures: 'lagging', moving: null }, [stuck], `${stuck.text} The figures are lagging: they were last measured at 2026-11-21T13:22:08.000Z.`],
  ['figures that are too old', { figures: 'unknown', moving: null }, [], 'Nothing has been measured since 2026-11-21T13:22:08.000Z, so whether work is moving is unknown.'],
  ['failures that nobody has counted for long', { failuresCountedAt: '2026-11-21T10:00:00.000Z' }, [], 'Work is moving. Jobs that failed for good were last counted at 2026-11-21T10:00:00.000Z.'],
  ['no figures at all', { figures: 'unknown', measuredAt: null, moving: null }, [], 'Nothing has been measured yet, so whether work is moving is unknown.'],
]

describe('the sentence on top of the overview', () => {
  test.each(cases)('for %s', (_name, over, troubles, sentence) => {
    expect(tellWork({ ...facts, ...over }, troubles, '/ops/jobs').sentence).toBe(sentence)
  })

  test('names only the incident when it explains a standstill', () => {
    const told = tellWork({ ...facts, moving: false, explained: true, waiting: 84 }, [stuck], '/ops/jobs')
    expect(told.troubles).toEqual([stuck])
    expect(told.rest).not.toMatch(/moving\./)
  })

  test('never claims that the rest is moving unless it is known to', () => {
    for (const figures of ['fresh', 'lagging', 'unknown'] as const) {
      for (const moving of [true, false, null]) {
        for (const silent of [true, false]) {
          for (const explained of [true, false]) {
            const { sentence } = tellWork({ ...facts, figures, moving, silent, explained }, [], '/ops/jobs')
            if (figures !== 'fresh' || moving !== true) expect(sentence).not.toMatch(/(Work|The rest) is moving/)
          }
        }
      }
    }
  })

  test('names the worst three of many and counts the others', () => {
    const { troubles, sentence } = tellWork(facts, ['a.', 'b.', 'c.', 'd.', 'e.'].map(trouble), '/ops/jobs')
    expect(troubles.map(({ text }) => text)).toEqual(['a.', 'b.', 'c.', '2 more things need attention.'])
    expect(sentence).toBe('a. b. c. 2 more things need attention. The rest is moving.')
    expect(tellWork(facts, ['a.', 'b.', 'c.', 'd.'].map(trouble), '/ops/jobs').troubles).toHaveLength(4)
  })
})
