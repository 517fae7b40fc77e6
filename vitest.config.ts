import { defineConfig } from 'vitest/config'

/** Browsers, kills, frozen stores, the packed package, the command line as a process: minutes rather than seconds. */
const thorough = [
  'test/host/**/*.test.ts',
  'test/package.test.ts',
  'test/manifest.test.ts',
  'test/workers/**/*.test.ts',
  'test/engines/model-*.test.ts',
  'test/engines/*-contract.test.ts',
  'test/engines/pg-boss.test.ts',
  'test/server/cli*.test.ts',
  'test/server/{snapshot,live,two-teams,requested,bulk-limits,bridge-page,bridge-absent,bull-board,bullmq-pipeline,bullmq-reads}.test.ts',
  'test/server/cron/{processes,scheduler}.test.ts',
  'test/server/{jobs/export,openapi-fuzz}.test.ts',
  'test/**/*{crash,outage,hang,frozen,engine-down,overtaken,deep-data,oban-listener}*.test.ts',
]

/** What runs for many minutes: long models, exhaustive oracles, fuzzing, and projects that are installed from npm. */
const long = ['test/long/**/*.test.ts', 'test/consumers/**/*.test.ts']

const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ['test/components/**', 'node_modules/**', ...exclude] },
})

export default defineConfig({
  test: {
    projects: [
      project('quick', ['test/**/*.test.ts'], [...thorough, ...long]),
      project('thorough', thorough),
      { extends: true as const, test: { name: 'long', include: long, testTimeout: 1_800_000 } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Much of what the tests do is waiting, so that three at a time keep two cores busy.
    maxWorkers: 3,
    // What is waited for comes within moments; under load it may take longer, and that is no failure.
    expect: { poll: { timeout: 10_000 } },
  },
})
