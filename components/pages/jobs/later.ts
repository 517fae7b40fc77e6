/** Parts of the list that nobody needs to read it. */
import '../../parts/confirm.ts'
import '../../parts/export.ts'
import '../../parts/menu.ts'
import './bulk-run.ts'
import './filter-form.ts'
import './view-options.ts'
import './views.ts'

export { bulkBar } from './bulk-bar.ts'
