import { chipStyles } from './chip.ts'
import { ownershipStyles } from './ownership.ts'
import { pagerStyles } from './pager.ts'
import { problemStyles } from './problem.ts'
import { quietStyles } from './quiet.ts'

/** Styles of the parts that nearly every page uses. */
export const partStyles = [chipStyles, ownershipStyles, problemStyles, quietStyles, pagerStyles]
