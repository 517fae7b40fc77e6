/** The list itself, loaded while its first page is read. */
import { tableStyles } from '../../parts/table.ts'
import { listStyles } from './list-styles.ts'

export { exactTime } from '../../core/time.ts'
export { nothingThere } from './empty.ts'
export { pager } from './pager.ts'
export { keepPreferences, loadPreferences } from './preferences.ts'
export { jobTable } from './table.ts'

export const styles = [tableStyles, listStyles]
