import { Command } from 'commander'
import { openKit } from '../open.ts'
import { type HostOptions, loadOptions } from './config.ts'
import { checkAudit } from './doctor/audit.ts'
import { checkAuth } from './doctor/auth.ts'
import { checkConnections } from './doctor/connections.ts'
import { checkCron } from './doctor/cron.ts'
import { checkDatabase } from './doctor/database.ts'
import { checkEngine, checkRequests } from './doctor/engine.ts'
import { checkEscalation } from './doctor/escalation.ts'
import { type Finding, failed, worst } from './doctor/finding.ts'
import { checkReplica } from './doctor/replica.ts'
import { checkRetention } from './doctor/retention.ts'
import { checkScheduler } from './doctor/scheduler.ts'
import { print, printJson, visible } from './print.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check an installation; exit code 0 ok, 1 warnings, 2 errors')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const findings = await examine(command)
      const verdict = worst(findings)
      if (json) printJson({ verdict, findings })
      else findings.forEach(show)
      process.exitCode = { ok: 0, warning: 1, error: 2 }[verdict]
    })
}

async function examine(command: Command): Promise<Finding[]> {
  const options = await loadOptions(command).catch((error: unknown) => failed('options', error))
  if ('status' in options) return [options]
  const auth = await checkAuth(options).catch((error: unknown) => [failed('auth', error)])
  return [...(await examineServer(options)), ...auth]
}

async function examineServer(options: HostOptions): Promise<Finding[]> {
  const kit = await openKit({ ...options, bridges: [], log: { info() {}, warn() {}, error() {} } }).catch((error: unknown) => failed('options', error))
  if ('status' in kit) return [kit]
  try {
    const { findings, usable } = await checkDatabase(kit)
    if (!usable) return [...findings, ...(await checkEngine(kit, []))]
    const parts = [checkConnections, checkReplica, checkAudit, checkRetention, checkScheduler, (of: typeof kit) => checkCron(of, options.cron ?? []), (of: typeof kit) => checkEngine(of), checkRequests, checkEscalation]
    for (const part of parts) findings.push(...(await part(kit).catch((error: unknown) => [failed('doctor', error)])))
    return findings
  } finally {
    await kit.db.close()
  }
}

const marks = { ok: '✓ ok     ', warning: '! warning', error: '✗ error  ' }

function show({ status, check, message, hint }: Finding): void {
  print(`${marks[status]}  ${check}: ${visible(message)}`)
  if (hint) print(`             ${visible(hint)}`)
}
