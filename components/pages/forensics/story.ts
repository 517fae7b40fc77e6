/** The diagnosis and where to go from here, loaded while they are read. */
import '../../parts/time.ts'
import { nextPathStyles } from '../../parts/next-paths.ts'

export { nextPathList } from '../../parts/next-paths.ts'
export { lead } from './lead.ts'

export const styles = [nextPathStyles]
