/** What is wrong, what was measured and what may repair it; loaded while the incident is read. */
import '../../parts/time.ts'
import { markStyles } from '../../parts/incident-marks.ts'
import { ownerStyles } from '../../parts/owner.ts'
import { watchStyles } from '../incidents/watch.ts'

export { watchNote } from '../incidents/watch.ts'
export { evidence } from './evidence.ts'
export { lead } from './lead.ts'
export { keyOf, repairs, requestOf } from './repair.ts'

export const styles = [markStyles, ownerStyles, watchStyles]
