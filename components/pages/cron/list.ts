/** The rows of the entries, loaded while the entries are read. */
import '../../parts/time.ts'
import { stripStyles } from '../../parts/strip.ts'

export { stripLegend } from '../../parts/strip.ts'
export { entryRow } from './row.ts'

export const styles = [stripStyles]
