import { Command } from 'commander'
import type { Deploy } from '../../schemas/index.ts'
import { pageOfDeploys } from '../deploys/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { printJson, printTable, shortTime } from './print.ts'
import { withSession } from './session.ts'

export function deployCommand(): Command {
  const deploy = new Command('deploy').description('deploys: mark, list')
  deploy
    .command('list')
    .description('marked deploys, newest first')
    .option('--json', 'as JSON')
    .action(listCommand)
  acting(deploy.command('mark <version>'), 'show on charts and in chronologies that this version went live', 'optional')
    .option('--at <instant>', 'when it went live, e.g. 2026-11-21T02:00:00Z (default: now)')
    .option('--url <address>', 'where it is described, http or https')
    .option('--note <text>', 'the same as --reason')
    .action((version: string, { at, url, note, ...options }: MarkOptions, command: Command) =>
      act(command, { ...options, reason: options.reason ?? note }, { action: 'mark_deploy', subject: { type: 'deploy', id: version }, input: { at, url } }),
    )
  return deploy
}

interface MarkOptions extends ActOptions {
  at?: string
  url?: string
  note?: string
}

async function listCommand({ json }: { json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_overview')
    const { items } = await pageOfDeploys(scope(), { limit: 200 })
    if (json) return printJson(items)
    printTable(['went live', 'version', 'marked by', 'note', 'address'], items.map(rowOf))
  })
}

function rowOf({ at, version, by, note, url }: Deploy): string[] {
  return [shortTime(at), version, by.label, note ?? '-', url ?? '-']
}
