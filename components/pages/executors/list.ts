/** The sentence on top and the rows, loaded while the executors are read. */
import '../../parts/time.ts'
import { segmentStyles } from '../../parts/segments.ts'

export { segments } from '../../parts/segments.ts'
export { headline } from './headline.ts'
export { executorRow } from './row.ts'
export { bandsOf, onHosts } from './words.ts'

export const styles = [segmentStyles]
