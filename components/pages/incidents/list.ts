/** The rows and the note about the detector, loaded while the incidents are read. */
import '../../parts/time.ts'
import { markStyles } from '../../parts/incident-marks.ts'
import { ownerStyles } from '../../parts/owner.ts'
import { watchStyles } from './watch.ts'

export { ownerOf } from '../../parts/owner.ts'
export { incidentRow } from './row.ts'
export { noneOpen, watchNote } from './watch.ts'

export const styles = [markStyles, ownerStyles, watchStyles]
