import { spawnSync } from 'node:child_process'
import { benchDetector } from './detector.ts'
import { benchErrors } from './errors.ts'
import { benchFigures } from './figures.ts'
import { benchJobs } from './jobs.ts'
import { benchMutation } from './mutation.ts'
import { benchOverview } from './overview.ts'
import { benchReads } from './reads.ts'
import { benchScale } from './scale.ts'
import { benchTick } from './tick.ts'
import { benchWorkers } from './workers.ts'
import { openBench } from './world.ts'

const parts = { mutation: benchMutation, reads: benchReads, tick: benchTick, workers: benchWorkers, overview: benchOverview, detector: benchDetector, errors: benchErrors, figures: benchFigures, jobs: benchJobs, scale: benchScale }
/** Takes so long that it runs only by name. */
const onlyByName = new Set(['scale'])

/**
 * Figures of one run on one machine, each beside a baseline of the same run. Nothing here fails: what is slow on one
 * machine is quick on another, and only the ratios travel. Parts may be named, e.g. `npm run bench -- jobs`.
 */
const asked = process.argv.slice(2)
const world = await openBench()
try {
  for (const [name, bench] of Object.entries(parts)) if (asked.length ? asked.includes(name) : !onlyByName.has(name)) await bench(world)
} finally {
  await world.close()
}
console.log('\nElements, gzip, with Lit')
// An element over its limit is printed as such; the figures below are wanted all the same.
spawnSync(process.execPath, ['scripts/element-sizes.ts'], { stdio: 'inherit' })
