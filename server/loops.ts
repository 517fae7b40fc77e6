import { startScheduler } from './cron/scheduler.ts'
import { syncDeclaredEntries } from './cron/sync.ts'
import type { RunningKit } from './open.ts'
import type { OpsOptions } from './options.ts'
import { repeat } from './repeat.ts'
import { runMaintenance } from './maintenance.ts'
import { feedBaselines } from './errors/baseline.ts'
import { readFailures } from './errors/feed.ts'
import { engineExecutors } from './executors/engine-list.ts'
import { publishExecutorChanges } from './executors/changes.ts'
import { recordStops } from './executors/stops.ts'
import { refreshFinding } from './figures/finding.ts'
import { discardedJobs } from './errors/discarded.ts'
import { findingKinds } from './figures/kinds.ts'
import { abandonedJobs } from './incidents/abandoned.ts'
import { detect } from './incidents/detector.ts'
import { takeSnapshot } from './figures/snapshot.ts'
import { readNoticeFacts } from './incidents/notice-facts.ts'
import { deliverDue } from './webhooks/deliver.ts'
import { tellHost } from './notices/tell.ts'
import { followRuns } from './operations/bulk/follow.ts'
import { runBatches } from './operations/bulk/runner.ts'
import { expireRecords } from './retention/expire.ts'
import { settleOrphans } from './operations/orphans.ts'
import { recheckChanges } from './operations/second-look.ts'

/** All background work. Any number of processes run it side by side; the database decides which process does what. */
export async function startLoops<Actor>(kit: RunningKit, { cron = [], scheduler = {} }: OpsOptions<Actor>): Promise<{ stop(): Promise<void> }> {
  await syncDeclaredEntries(kit, cron)
  const { enabled = true, tickSeconds = 1 } = scheduler
  const loops = [
    repeat(kit, 'engine check', 60, async () => kit.setEngineVersion((await kit.engine.check()).version)),
    repeat(kit, 'maintenance', 30, () => runMaintenance(kit)),
    ...(enabled
      ? [
          repeat(kit, 'snapshot', 0.5, () => takeSnapshot(kit)),
          repeat(kit, 'reading failures', 1, (stopping) => readFailures(kit, stopping)),
          repeat(kit, 'usual failures', 5, () => feedBaselines(kit)),
          ...[...findingKinds, discardedJobs, engineExecutors, abandonedJobs].map((kind) => repeat(kit, `refreshing ${kind.key}`, 5, () => refreshFinding(kit, kind))),
          // Two batches at a time: while one waits for its commit, the other changes jobs.
          ...['first', 'second'].map((lane) => repeat(kit, `bulk runs, ${lane} lane`, 0.5, (stopping) => runBatches(kit, stopping))),
          repeat(kit, 'following bulk runs', 1, (stopping) => followRuns(kit, stopping)),
          repeat(kit, 'rechecking changes', 0.5, (stopping) => recheckChanges(kit, stopping)),
          repeat(kit, 'retention', 300, (stopping) => expireRecords(kit, stopping)),
          repeat(kit, 'notices', 1, (stopping) => tellHost(kit, readNoticeFacts, stopping)),
          ...(kit.escalation?.webhooks?.endpoints ?? []).map((endpoint) => repeat(kit, `webhooks to ${endpoint.name}`, 1, (stopping) => deliverDue(kit, endpoint, stopping))),
          repeat(kit, 'stopped jobs', 1, () => recordStops(kit)),
          repeat(kit, 'executor changes', 5, () => publishExecutorChanges(kit)),
          repeat(kit, 'orphan requests', 15, () => settleOrphans(kit)),
          startScheduler(kit, { tickSeconds }),
        ]
      : []),
    ...(kit.detector.enabled ? [repeat(kit, 'detector', Math.min(1, kit.detector.tickSeconds / 2), () => detect(kit))] : []),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
