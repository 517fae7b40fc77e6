/** Parts of the list that are not needed to read it. */
import '../../parts/confirm.ts'
import '../../parts/export.ts'
import '../../parts/menu.ts'
import '../../parts/range-picker.ts'
import '../../parts/search-bar.ts'
import './bulk-run.ts'
import './time-bars.ts'
import './view-options.ts'
import './views.ts'

export { bulkBar, thumbBar } from './bulk-bar.ts'
export { searchKeys } from './search-keys.ts'
