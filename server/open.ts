import { sql } from 'kysely'
import { operationActions } from '../schemas/index.ts'
import { type Database, openDatabase, query } from './db/database.ts'
import { openHints } from './db/hint.ts'
import { describeFailure } from './describe-failure.ts'
import { engineWithTimeouts } from './engines/timeouts.ts'
import { parseAllowedOrigins } from './host/allowed-origins.ts'
import { jsonLog, type Log } from './host/log.ts'
import { parseLanguage } from './host/language.ts'
import { parsePlace } from './host/place.ts'
import { parseRunbooks } from './host/runbooks.ts'
import { readNoticeFacts } from './incidents/notice-facts.ts'
import type { Kit, MountedBridge } from './kit.ts'
import { tellNow } from './notices/tell.ts'
import { parseRetention } from './host/retention.ts'
import { listQueueTroubles } from './incidents/of-queues.ts'
import { jobSets } from './job-sets.ts'
import { Counters } from './metrics/counters.ts'
import { parseDetector } from './incidents/thresholds.ts'
import { operations } from './operation-table.ts'
import type { OpsOptions } from './options.ts'
import { version } from './version.ts'

export interface RunningKit extends Kit {
  /** Stores the version seen by the last engine check, for pages that only show it. */
  setEngineVersion(version: string | undefined): void
  /** How many live streams this process has, asked whenever it is measured. */
  setLiveClients(count: () => number): void
  /** Resolves when all background work has finished. */
  settled(): Promise<void>
}

/**
 * Turns the host's options into a kit.
 *
 * @throws Error which names the invalid option and what was expected
 */
export async function openKit<Actor>(options: OpsOptions<Actor>): Promise<RunningKit> {
  checkOptions(options)
  const place = parsePlace(options.base, options.publicBase)
  const allowedOrigins = parseAllowedOrigins(options.allowedOrigins)
  const language = parseLanguage(options.language)
  const log = options.log ?? jsonLog
  const retention = parseRetention(options.retention)
  const detector = parseDetector(options.detector, options.scheduler?.enabled ?? true)
  const now = options.now ?? (() => new Date())
  const db = await openDatabase(options.database, { now, report: (level, message, facts) => log[level](message, facts) })
  let engineVersion: string | undefined
  let liveClients = () => 0
  const background = new Set<Promise<unknown>>()
  const hints = openHints(db)
  const kit: RunningKit = {
    db,
    engine: engineWithTimeouts(options.engine),
    patientEngine: options.engine,
    operations,
    jobSets,
    queueTroubles: listQueueTroubles,
    // The host's actor type is erased here: from now on an actor is only passed back to the host.
    auth: options.auth as unknown as Kit['auth'],
    language,
    displayPolicy: options.displayPolicy as unknown as Kit['displayPolicy'],
    escalation: options.escalation,
    errors: options.errors,
    bridges: await openBridges(options.bridges ?? [], place.base, log),
    ...place,
    allowedOrigins,
    reasons: parseReasons(options.reasons ?? {}),
    runbooks: parseRunbooks(options.runbooks),
    retention,
    counters: new Counters(),
    prometheus: options.metrics?.prometheus,
    liveClients: () => liveClients(),
    setLiveClients: (count) => {
      liveClients = count
    },
    detector,
    log,
    version,
    now,
    dbNow: async (em) => options.now?.() ?? clockOf(db, em),
    publishHint: (hint) => hints.publish(hint),
    tellSoon() {
      if (kit.escalation) kit.runInBackground(tellNow(kit, readNoticeFacts))
    },
    runInBackground(work) {
      background.add(work)
      void work.finally(() => background.delete(work))
    },
    async settled() {
      await Promise.allSettled(background)
      await hints.flush()
    },
    engineVersion: () => engineVersion,
    setEngineVersion: (seen) => {
      engineVersion = seen ?? engineVersion
    },
  }
  void kit.engine.check().then(({ version: seen }) => kit.setEngineVersion(seen))
  return kit
}

async function clockOf(db: Database, em = db.em()): Promise<Date> {
  const [clock] = await query(em, sql<{ now: string }>`select clock_timestamp() as now`)
  return new Date(clock!.now)
}

const required: Record<string, { methods: string[]; lines: string }> = {
  database: {
    methods: [],
    lines: `database: { url: process.env.DATABASE_URL },`,
  },
  auth: {
    methods: ['currentActor', 'authorize', 'auditPrincipal'],
    lines: `auth: {
    currentActor: (request) => yourSession(request),
    authorize: (actor, action, resource) => yourRules(actor, action, resource),
    auditPrincipal: (actor) => ({ id: actor.id, type: 'user', label: actor.name }),
  },`,
  },
  displayPolicy: {
    methods: ['display'],
    lines: `// undefined keeps the default: values under keys that look secret are hidden
  displayPolicy: { display: (kind, value, context) => undefined },`,
  },
  engine: {
    methods: ['enqueue', 'find', 'cancel', 'check', 'measure'],
    lines: `// import { pgBoss } from 'ops-powertools/engines/pg-boss'
  engine: pgBoss(boss),`,
  },
}

function checkOptions(options: unknown): void {
  const values = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>
  for (const [key, { methods, lines }] of Object.entries(required)) {
    const value = values[key] as Record<string, unknown> | undefined
    if (value === undefined || value === null) throw missing(`createOps: '${key}' is missing.`, lines)
    for (const method of methods) {
      if (typeof value[method] !== 'function') {
        throw missing(`createOps: '${key}.${method}' is ${typeof value[method]}; expected a function.`, lines)
      }
    }
  }
  const { url, listenUrl, readUrl, maxReadLagSeconds, schema } = values.database as Record<string, unknown>
  if (!isPostgresUrl(url)) {
    throw missing(`createOps: 'database.url' is ${typeof url === 'string' ? 'not a PostgreSQL URL' : typeof url}; expected postgres://….`, required.database!.lines)
  }
  for (const [name, other] of Object.entries({ listenUrl, readUrl })) {
    if (other !== undefined && !isPostgresUrl(other)) throw new Error(`createOps: 'database.${name}' is ${typeof other === 'string' ? 'not a PostgreSQL URL' : typeof other}; expected postgres://… or nothing.`)
  }
  if (maxReadLagSeconds !== undefined && !(typeof maxReadLagSeconds === 'number' && maxReadLagSeconds >= 1 && maxReadLagSeconds <= 3_600)) {
    throw new Error(`createOps: 'database.maxReadLagSeconds' is ${String(maxReadLagSeconds)}; expected a number from 1 to 3600.`)
  }
  if (schema !== undefined && (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))) {
    throw new Error(`createOps: 'database.schema' is '${String(schema)}'; expected lower-case letters, digits and _, at most 41.`)
  }
  if (typeof schema === 'string' && /^(pg_|information_schema$)/.test(schema)) {
    throw new Error(`createOps: 'database.schema' is '${schema}', which is reserved by PostgreSQL; expected another name, e.g. 'ops'.`)
  }
}

function isPostgresUrl(value: unknown): boolean {
  return typeof value === 'string' && /^postgres(ql)?:\/\//.test(value)
}

function missing(what: string, lines: string): Error {
  return new Error(`${what} Add to the options:\n\n  ${lines}\n`)
}

function parseReasons(reasons: NonNullable<OpsOptions['reasons']>): Kit['reasons'] {
  return Object.fromEntries(
    Object.entries(reasons).map(([action, rule]) => {
      if (!(action in operationActions)) {
        throw new Error(`createOps: 'reasons.${action}' is not an operation; expected one of ${Object.keys(operationActions).join(', ')}.`)
      }
      return [action, { required: true, minLength: Math.max(8, rule?.minLength ?? 8) }]
    }),
  )
}

/** A bridge whose dashboard is not installed is left out silently; one that is broken is logged and does not stop the host. */
async function openBridges(bridges: NonNullable<OpsOptions['bridges']>, base: string, log: Log): Promise<MountedBridge[]> {
  const opened = await Promise.all(
    bridges.map(async (bridge) => {
      const { name, label } = bridge
      const href = `${base}/${name}`
      try {
        const opened = await bridge.open({ basePath: href })
        return opened && { ...opened, name, label, href }
      } catch (error) {
        log.warn(`${label} is installed but does not open, so it is left out`, describeFailure(error))
        return null
      }
    }),
  )
  return opened.filter((bridge) => bridge !== null)
}
