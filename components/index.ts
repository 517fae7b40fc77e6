/** Registers every element. A page that needs one loads that one's own file instead. */
import './shell/ops-provider.ts'
export { OpsProvider } from './shell/ops-provider.ts'
export { OpsCron } from './pages/ops-cron.ts'
