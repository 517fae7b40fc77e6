import { Command } from 'commander'
import { version } from '../version.ts'
import { auditCommand } from './audit.ts'
import { bulkCommand } from './bulk.ts'
import { cronCommand } from './cron.ts'
import { deployCommand } from './deploy.ts'
import { doctorCommand } from './doctor.ts'
import { incidentsCommand } from './incidents.ts'
import { initCommand } from './init.ts'
import { jobsCommand } from './jobs.ts'
import { migrateCommand } from './migrate.ts'
import { queuesCommand } from './queues.ts'
import { webhooksCommand } from './webhooks.ts'

/** The command line uses the same database and pipeline; its audit events have the source `cli`. */
export function createProgram(): Command {
  return new Command('ops-powertools')
    .description('Audited operations over background jobs.')
    .version(version)
    .option('--config <file>', 'the module with the options of createOps (default: ops.config.ts, .js or .mjs in this folder)')
    .addCommand(migrateCommand())
    .addCommand(doctorCommand())
    .addCommand(initCommand())
    .addCommand(auditCommand())
    .addCommand(cronCommand())
    .addCommand(jobsCommand())
    .addCommand(queuesCommand())
    .addCommand(incidentsCommand())
    .addCommand(bulkCommand())
    .addCommand(deployCommand())
    .addCommand(webhooksCommand())
}
