import { defineConfig } from 'vitest/config'

/** Browsers, frozen workers, the command line as a process: minutes rather than seconds. */
const thorough = [
  'test/host/**/*.test.ts',
  'test/manifest.test.ts',
  'test/docs-site.test.ts',
  'test/workers/**/*.test.ts',
  'test/engines/*-contract.test.ts',
  'test/engines/pg-boss.test.ts',
  'test/server/cli*.test.ts',
  'test/server/{snapshot,live,two-teams,requested,bulk-limits,bridge-page,bridge-absent,bull-board,bullmq-pipeline,bullmq-reads}.test.ts',
  'test/server/cron/{processes,scheduler}.test.ts',
  'test/server/jobs/export.test.ts',
  'test/**/*{outage,engine-down,deep-data,oban-listener}*.test.ts',
]

/** A kill or a freeze at every step, and models of operators and workers. Their processes wait much and compute little, and what they wait for must not be slowed. */
const faults = ['test/engines/model-*.test.ts', 'test/**/*{crash,frozen,hang,overtaken}*.test.ts']

/** What runs for many minutes: long models, exhaustive oracles, fuzzing, and projects that are installed from npm. */
const long = ['test/long/**/*.test.ts', 'test/consumers/**/*.test.ts', 'test/package.test.ts']

/** What measures the pages or loads several processes: one file at a time, because beside others it would measure these. */
const alone = ['test/long/{first-paint,keyboard,memory,scale-out,theming}.test.ts']

const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ['test/components/**', 'node_modules/**', ...exclude], sequence: { groupOrder: 0 } },
})

export default defineConfig({
  test: {
    projects: [
      project('quick', ['test/**/*.test.ts'], [...thorough, ...faults, ...long]),
      project('thorough', thorough, [...faults, ...long]),
      project('faults', faults, long),
      // After the others, because its builds would take the cores from tests that depend on time.
      { extends: true as const, test: { name: 'long', include: long, exclude: alone, testTimeout: 1_800_000, sequence: { groupOrder: 1 } } },
      { extends: true as const, test: { name: 'alone', include: alone, testTimeout: 1_800_000, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    // On a machine shared with others one more try, which the report names: a test that needs it is a fault to mend, not to ignore.
    retry: process.env['CI'] ? 1 : 0,
    hookTimeout: 120_000,
    // Much of what the tests do is waiting, so that three at a time keep two cores busy.
    maxWorkers: 3,
    // What is waited for comes within moments; under load it may take longer, and that is no failure.
    expect: { poll: { timeout: 10_000 } },
  },
})
