/** Registers every element. A page that needs one loads that one's own file instead. */
export { OpsProvider } from './shell/ops-provider.ts'
export { OpsShell } from './shell/ops-shell.ts'
export { OpsOverview } from './pages/ops-overview.ts'
export { OpsCron } from './pages/ops-cron.ts'
export { OpsAudit } from './pages/ops-audit.ts'
export { OpsForensics } from './pages/ops-forensics.ts'
export { OpsBridge } from './pages/ops-bridge.ts'
