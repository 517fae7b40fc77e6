import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeProject, packPackage, type Project } from './project.ts'

/** The checkers are no dependencies of this repository: together they are larger than what they check. */
const checkers = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' }

let project: Project
beforeAll(async () => {
  project = await makeProject('package-quality', checkers)
}, 240_000)
afterAll(() => project?.remove())

test('publint has nothing to say of the package', async () => {
  expect(await project.run('publint', ['run', await packPackage(), '--strict'])).toContain('All good')
})

test('every export has types that resolve for modules, in Node and in bundlers', async () => {
  // It fails with its findings, which `run` throws.
  const said = await project.run('attw', [await packPackage(), '--profile', 'esm-only', '--format', 'json'])
  expect(Object.keys(JSON.parse(said) as object)).toContain('analysis')
})
