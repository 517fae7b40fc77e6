import { Command, InvalidArgumentError, Option } from 'commander'
import { incidentClasses, incidentOwners, incidentStates, type Incident, type IncidentDetail, operatorStatuses } from '../../schemas/index.ts'
import { getIncident, type IncidentFilters, listIncidents } from '../incidents/read.ts'
import { act, type ActOptions, acting } from './act.ts'
import { note, print, printJson, printTable, shortTime, visible } from './print.ts'
import { withSession } from './session.ts'
import { parseUntil } from './until.ts'

/** The detector runs in the host's servers; the command line reads incidents and records who handles them. */
export function incidentsCommand(): Command {
  const incidents = new Command('incidents').description('incidents: list, show, acknowledge, assign, note, silence')
  incidents
    .command('list')
    .description('open incidents, worst first and then oldest first')
    .addOption(new Option('--state <state>', 'open or resolved').choices(['open', 'resolved']).default('open'))
    .addOption(new Option('--owner <who>', 'only incidents that you handle, or that nobody does').choices(Object.keys(incidentOwners)))
    .addOption(new Option('--class <class>', 'only incidents of this class').choices(Object.keys(incidentClasses)))
    .option('--queue <queue>', 'only incidents of this queue')
    .addOption(new Option('--silenced <silenced>', 'only incidents that are, or are not, silenced').choices(['yes', 'no']))
    .option('--json', 'as JSON')
    .action(listCommand)
  incidents.command('show <id>').description('one incident, with its evidence and its repairs').option('--json', 'as JSON').action(showCommand)
  acting(incidents.command('ack <id>'), 'record that you have seen it', 'optional').action((id: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'acknowledge_incident', ...on(id) }),
  )
  acting(incidents.command('assign <id>'), 'record who is handling it: you, unless --to names somebody else', 'optional')
    .option('--to <account>', 'type and id, e.g. user:ops-lead, or nobody', parseAccount)
    .action((id: string, options: ActOptions & { to?: Account }, command: Command) =>
      act(command, options, { action: 'assign_incident', ...on(id), input: options.to === undefined ? {} : { to: options.to.account } }),
    )
  acting(incidents.command('note <id> [text]'), 'add a line to its timeline').action((id: string, text: string | undefined, options: ActOptions, command: Command) =>
    act(command, { ...options, reason: text ?? options.reason }, { action: 'note_incident', ...on(id) }),
  )
  acting(incidents.command('silence <id>'), 'send no notices about it until the first of the given limits is reached')
    .option('--until <when>', 'a time, or a duration such as 30m, 4h or 2d; default and maximum 30 days')
    .option('--rate <number>', 'end when more than this many jobs fail per minute', Number)
    .option('--count <number>', 'end when more than this many jobs are affected', Number)
    .action((id: string, { until, rate, count, ...options }: ActOptions & { until?: string; rate?: number; count?: number }, command: Command) =>
      act(command, options, { action: 'silence_incident', ...on(id), input: { until: until && parseUntil(until), untilRate: rate, untilCount: count } }),
    )
  acting(incidents.command('unsilence <id>'), 'send notices about it again', 'optional').action((id: string, options: ActOptions, command: Command) =>
    act(command, options, { action: 'unsilence_incident', ...on(id) }),
  )
  return incidents
}

function on(id: string): { subject: { type: 'incident'; id: string } } {
  return { subject: { type: 'incident', id } }
}

/** Wrapped in an object, because null is a valid value: nobody. */
interface Account {
  account: { type: string; id: string } | null
}

function parseAccount(given: string): Account {
  if (given === 'nobody') return { account: null }
  const [, type, id] = /^([^:]+):(.+)$/.exec(given) ?? []
  if (!type || !id) throw new InvalidArgumentError(`Expected type:id, e.g. user:ops-lead, or nobody.`)
  return { account: { type, id } }
}

async function listCommand({ json, ...filters }: IncidentFilters & { json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_incidents')
    const items: Incident[] = []
    let cursor: string | undefined
    let page
    do {
      page = await listIncidents(scope(), { ...filters, limit: 200, cursor })
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor)
    const { watch, asOf } = page
    if (json) return printJson({ items, watch, asOf })
    printTable(['id', 'status', 'incident', 'since', 'on it', 'marks', 'error'], items.map(rowOf))
    if (watch.state !== 'fresh') note(`${watch.state}: ${watch.lookedAt ? `the detector last ran at ${shortTime(watch.lookedAt)}` : 'the detector has never run'}, so this list may not be current.`)
  })
}

function rowOf({ id, status, title, since, assignee, acknowledged, silenced, flappingSince, explainedBy, error }: Incident): string[] {
  const marks = [...(acknowledged ? ['acknowledged'] : []), ...(silenced ? ['silenced'] : []), ...(flappingSince ? ['flapping'] : []), ...(explainedBy ? ['explained'] : [])]
  return [id, operatorStatuses[status], title, shortTime(since), assignee?.to.label ?? acknowledged?.by.label ?? 'nobody', marks.join(', '), error ?? '']
}

async function showCommand(id: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  await withSession(command, async ({ scope, requireView }) => {
    await requireView('view_incidents')
    const incident = await getIncident(scope(), id)
    if (json) return printJson(incident)
    print(visible(incident.title))
    for (const [name, text] of linesOf(incident)) if (text) print(`  ${name.padEnd(12)}  ${visible(text)}`)
  })
}

function linesOf(incident: IncidentDetail): [string, string][] {
  const { status, state, headline, error, since, assignee, acknowledged, silenced, explainedBy, measured, ruledOut, cause, facts, repairs } = incident
  const line = ({ label, share, note: source }: IncidentDetail['measured'][number]) => [label, share === undefined ? source : `${Math.round(share * 100)} %`].filter(Boolean).join(' · ')
  return [
    ['status', `${operatorStatuses[status]}, ${incidentStates[state]}`],
    ['finding', headline],
    ['error', error ?? ''],
    ['since', shortTime(since)],
    ['assigned to', assignee?.to.label ?? ''],
    ['seen by', acknowledged?.by.label ?? ''],
    ['silenced', silenced ? `until ${shortTime(silenced.until)}` : ''],
    ['explained by', explainedBy ? `${explainedBy.title} (${explainedBy.id})` : ''],
    ['cause', cause ? line(cause) : ''],
    ...facts.map(({ label, value }): [string, string] => [label, value]),
    ...measured.map((each): [string, string] => ['measured', line(each)]),
    ...ruledOut.map((each): [string, string] => ['ruled out', line(each)]),
    ...repairs.map(({ action, label, caution, allowed, reason }): [string, string] => ['repair', `${label} (${action})${caution ? `: ${caution}` : ''}${allowed ? '' : ` Refused: ${reason}`}`]),
  ]
}
