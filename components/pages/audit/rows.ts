/** The rows of the log, loaded while its first page is read. */
import { deedStyles } from '../../parts/audit-row-styles.ts'

export { deedRow } from '../../parts/audit-row.ts'

export const styles = [deedStyles]
