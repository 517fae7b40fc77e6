import { execFileSync } from 'node:child_process'
import { benchMutation } from './mutation.ts'
import { benchReads } from './reads.ts'
import { benchTick } from './tick.ts'
import { openBench } from './world.ts'

/**
 * Figures of one run on one machine, each beside a baseline of the same run. Nothing here fails: what is slow on one
 * machine is quick on another, and only the ratios travel.
 */
const world = await openBench()
try {
  await benchMutation(world)
  await benchReads(world)
  await benchTick(world)
} finally {
  await world.close()
}
console.log('\nElements, gzip, with Lit')
execFileSync(process.execPath, ['scripts/element-sizes.ts'], { stdio: 'inherit' })
