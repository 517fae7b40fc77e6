import type { Change, OperatorStatus, Overview, OverviewRange, ViewAction } from '../../schemas/index.ts'
import * as endpoints from '../../schemas/overview.ts'
import { pageOf } from '../host/auth.ts'
import { handle } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import { queueAttention, requestAttention } from './attention.ts'
import { type Facts, fillBuckets } from './buckets.ts'
import { changeOfDeploy, gapsOf, listDeeds, listRecentDeploys, listRecentEvents, mergeChanges, noEvents } from './changes.ts'
import { listEntryGlances, maxEntries } from './cron-attention.ts'
import { getDiscardedLately, noDiscarded } from './discarded-attention.ts'
import { getOpenIncidents, glimpseAttention, incidentAttention, noIncidents, showOpenIncident } from './incidents.ts'
import { resolvedIn } from './resolved.ts'
import { tellWork } from './sentence.ts'
import { explainsStandstill, listTroubles } from './troubles.ts'
import { getVitals } from './vitals.ts'

export const overviewHandlers = [handle(endpoints.getOverview, ({ query }, scope) => getOverview(scope, query.range))]

/** Leaves out everything whose own page the actor may not see, and lists it as withheld. */
async function getOverview(scope: Scope, range: OverviewRange): Promise<Overview> {
  const may = await viewsOf(scope)
  const { cron, jobs, queues, audit } = may
  const [vitals, incidents, entries, blocked, discarded, requests, events, deploys] = await Promise.all([
    getVitals(scope, range),
    may.incidents ? getOpenIncidents(scope) : noIncidents,
    cron ? listEntryGlances(scope) : { glances: [], capped: false },
    queues ? queueAttention(scope) : [],
    jobs ? getDiscardedLately(scope) : noDiscarded,
    audit ? requestAttention(scope) : [],
    audit ? listRecentEvents(scope) : noEvents,
    listRecentDeploys(scope),
  ])
  const { asOf, figures } = vitals
  const facts: Facts = {
    incidents: [
      ...incidents.items.map((incident) => ({ status: incident.status, attention: incidentAttention(scope, incident) })),
      ...incidents.others.map((glimpse) => ({ status: glimpse.status, attention: glimpseAttention(scope, glimpse) })),
    ],
    glances: entries.glances,
    queues: blocked,
    measured: queues ? { asOf, stale: figures !== 'fresh' } : { asOf: null, stale: false },
    discarded,
    requests,
    resolved: resolvedIn(scope, events),
  }
  const deeds = listDeeds(scope, events)
  const paused = { entries: pausedIn(facts, 'waiting'), queues: blocked.filter(({ rank }) => rank === 30).length }
  const work = { ...vitals, measuredAt: asOf?.toISOString() ?? null, failuresCountedAt: (discarded.stale && discarded.asOf?.toISOString()) || null, paused, explained: explainsStandstill(incidents) }
  const marks = [...deploys.map(({ at, version }) => ({ at, kind: 'deploy' as const, label: version })), ...deeds.map(markOf)]
  const { from, stepSeconds } = vitals.chart
  return {
    ...tellWork(work, listTroubles(scope, incidents, facts), scope.kit.base),
    moving: vitals.moving,
    figures: vitals.figures,
    range,
    chart: { ...vitals.chart, marks: marks.filter(({ at }) => at >= from).toSorted((a, b) => (a.at < b.at ? -1 : 1)) },
    vitals: vitals.shown,
    incidents: may.incidents ? { open: incidents.open, unattended: incidents.unattended, capped: incidents.capped, items: incidents.items.map((each) => showOpenIncident(scope, each)) } : null,
    buckets: fillBuckets(scope, facts),
    changes: mergeChanges(deeds, deploys.map(changeOfDeploy), gapsOf(vitals.shown[0]?.series ?? [], stepSeconds * 1000)),
    withheld: [...withheldBy(may), ...(entries.capped ? [`entries beyond the first ${maxEntries}`] : [])],
    asOf: scope.now.toISOString(),
  }
}

type Views = Record<keyof typeof views, boolean>

/** What each view shows, in the order in which it is listed as withheld. */
const views = {
  cron: ['view_cron', 'cron entries'],
  jobs: ['view_jobs', 'jobs'],
  queues: ['view_queues', 'queues'],
  incidents: ['view_incidents', 'incidents'],
  audit: ['view_audit', 'audit events'],
} as const satisfies Record<string, readonly [ViewAction, string]>

async function viewsOf({ viewer }: Scope): Promise<Views> {
  const asked = Object.entries(views).map(async ([name, [view]]) => [name, (await viewer.can(view, pageOf(view))).allowed])
  return Object.fromEntries(await Promise.all(asked)) as Views
}

function withheldBy(may: Views): string[] {
  return Object.entries(views).flatMap(([name, [, what]]) => (may[name as keyof Views] ? [] : [what]))
}

function pausedIn({ glances }: Facts, status: OperatorStatus): number {
  return glances.filter((glance) => glance.status === status).length
}

function markOf({ at, kind, who, text, bad }: Change): Overview['chart']['marks'][number] {
  return { at, kind: bad || kind === 'incident' ? 'incident' : 'operation', label: [who, text].filter(Boolean).join(' ') }
}
