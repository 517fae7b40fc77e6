import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { SelectionRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { describeFailure } from '../../describe-failure.ts'
import { OpsError } from '../../error.ts'
import { pageOf } from '../../host/auth.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import { type Chosen, type FrozenCounts, goneJob, isGone, type Many, type Operation, type StoredBreakdown } from '../operation.ts'
import type { ActingScope } from '../scope.ts'
import { requireSomeRight } from './rights.ts'
import { addCounts, batchSize, countBy, noCounts, type QueueShare } from './rows.ts'
import { Sampler } from './sampler.ts'
import { withFreezeSlot } from './turns.ts'

/** More jobs than this are not a selection but a migration. */
const maxJobs = 500_000
/** More are not read to describe a selection. */
const maxDescribed = 2_000
/** How many jobs are checked before other requests of this process get a turn. */
const jobsPerTurn = 500

/** The set that a preview of many jobs promises to change. */
export interface Frozen extends FrozenCounts {
  bulkId: string
  queues: Record<string, QueueShare>
  /** Jobs created after this are not in the set. */
  until: Date
  /** If the engine could not search all jobs: which ones it searched, in words. */
  searched?: string
  /** What it is made of; left out if it is not needed, or if the engine did not answer. */
  breakdown?: StoredBreakdown
  /** Hash of the set: equal for the same jobs in the same versions, with the same ones left alone for the same reasons. */
  hash: string
}

/**
 * Stores the set in batches, so that what is confirmed later is exactly what was shown: every job with the version it was seen
 * in, and with the reason if it will be left alone. The host is asked about every job. At most one page is held in memory. No
 * transaction is open while the engine is searched: a set takes effect only through its preview or its run, and an incomplete
 * one is deleted.
 */
export async function freezeSelection(scope: ActingScope, operation: Operation, request: SelectionRequest, { described = false } = {}): Promise<Frozen> {
  requireMany(operation)
  await requireSomeRight(scope, operation, request)
  return withFreezeSlot(scope.kit.db, scope.principal, async () => {
    const bulkId = uuidv7(scope.now.getTime())
    try {
      return await freeze({ ...scope, em: scope.kit.db.em() }, operation, request, bulkId, described)
    } catch (error) {
      await deleteSet(scope.kit, bulkId).catch(() => {})
      throw error
    }
  })
}

/** Deletes a set that will not be confirmed. */
export async function deleteSet({ db }: Kit, bulkId: string): Promise<void> {
  await query(db.em(), sql`delete from ${db.table('bulk_run')} where id = ${bulkId} and status = 'previewed'`)
}

async function freeze(scope: ActingScope, operation: Operation, request: SelectionRequest, bulkId: string, described: boolean): Promise<Frozen> {
  const { choose } = requireMany(operation)
  const { kit, em, now, principal } = scope
  const counts = { total: 0, eligible: 0, notEligible: noCounts(), byQueue: noCounts(), byState: noCounts() }
  const frozen: Frozen = { bulkId, ...counts, queues: Object.create(null) as Frozen['queues'], until: now, hash: '' }
  const hash = createHash('sha256').update(operation.action)
  await query(
    em,
    sql`insert into ${kit.db.table('bulk_run')} (id, action, status, actor_type, actor_id, actor, selection, input, set_hash, source, request_id, total, eligible)
        values (${bulkId}, ${operation.action}, 'previewed', ${principal.type}, ${principal.id}, ${JSON.stringify(principal)}, ${JSON.stringify(redactSelection(request))},
          ${JSON.stringify(request.input)}, '', ${scope.source}, ${scope.requestId}, 0, 0)`,
  )
  const writer = new BatchWriter(scope, bulkId)
  const sampler = new Sampler<string>(maxDescribed)
  let denied: { count: number; reason?: string } = { count: 0 }
  for await (const page of choose(request.selection, now, scope, (searched) => (frozen.searched = searched))) {
    if (frozen.total + page.length > maxJobs) {
      const message = `matches more than ${maxJobs.toLocaleString('en')} jobs; expected a narrower filter`
      throw new OpsError('invalid_request', `selection: ${message}.`, { errors: [{ path: 'selection', message }] })
    }
    for (let from = 0; from < page.length; from += jobsPerTurn) {
      const checked = await checkEligibility(scope, operation, request, page.slice(from, from + jobsPerTurn))
      denied = { count: denied.count + checked.denied, reason: denied.reason ?? checked.deniedReason }
      count(frozen, checked.jobs)
      for (const { id, notEligible } of checked.jobs) if (notEligible === undefined) sampler.add(id)
      for (const { id, version, notEligible } of checked.jobs) hash.update(`\0${id}\0${version}\0${notEligible ?? ''}`)
      await writer.write(checked.jobs)
      // Lets other requests run in between.
      await setImmediate()
    }
  }
  await writer.end()
  if (!frozen.eligible && 'ids' in request.selection) await requireAnyRight(scope, operation)
  if (!frozen.total) throw new OpsError('not_found', 'No job matches the selection.')
  if (denied.count === frozen.total) throw new OpsError('forbidden', denied.reason ?? `${operation.action} is not allowed on any of these jobs.`)
  frozen.hash = hash.digest('hex')
  if (described) frozen.breakdown = await describe(scope, operation, sampler.items)
  await query(
    em,
    sql`update ${kit.db.table('bulk_run')} set set_hash = ${frozen.hash}, total = ${frozen.total}, eligible = ${frozen.eligible},
          not_eligible = ${JSON.stringify(frozen.notEligible)}, queues = ${JSON.stringify(frozen.queues)} where id = ${bulkId}`,
  )
  return frozen
}

/** A preview without it is better than none. */
async function describe(scope: ActingScope, operation: Operation, ids: string[]): Promise<StoredBreakdown | undefined> {
  try {
    return ids.length ? await requireMany(operation).describe?.(ids, scope) : undefined
  } catch (error) {
    scope.kit.log.warn('a selection could not be described', { requestId: scope.requestId, ...describeFailure(error) })
    return undefined
  }
}

export function requireMany({ many, action }: Operation): Many {
  if (many) return many
  throw new OpsError('invalid_request', `selection: ${action} applies to a single subject; expected 'subject'.`)
}

/** The value of a filter may itself be a secret that an actor searched for; for the record it is enough which fields were set. */
function redactSelection({ selection }: SelectionRequest): Record<string, unknown> {
  if ('ids' in selection) return { ids: selection.ids.length }
  if ('bulk' in selection) return { bulk: selection.bulk }
  const { args, error, words, tag, ...plain } = selection.filter
  const given = Object.entries({ args, error, words, tag }).flatMap(([field, value]) => (value === undefined ? [] : [[field, '(given)']]))
  return { filter: { ...plain, ...(Object.fromEntries(given) as object) } }
}

/** Why jobs are not eligible: the job is gone or has changed, the actor is not allowed, or its state does not permit it. */
async function checkEligibility(scope: ActingScope, operation: Operation, request: SelectionRequest, page: Chosen[]) {
  const { whyNot } = requireMany(operation)
  const authorized = await authorizeJobs(scope, operation, request, page)
  const illegal = await whyNot(authorized.map(({ job }) => job), request, scope)
  const denied = authorized.filter(({ refusal }) => refusal)
  const jobs = authorized.map(({ job, refusal }, index): Chosen => {
    const notEligible = refusal ? 'You are not allowed to do this.' : (job.notEligible ?? illegal[index])
    return notEligible === undefined ? job : { ...job, notEligible }
  })
  return { jobs, denied: denied.length, deniedReason: denied[0]?.refusal?.reason }
}

/**
 * A job that the actor may neither change nor see is treated as if it did not exist: selected by id it is gone, and no filter or
 * earlier run matches it. Otherwise the counts of a preview would reveal it.
 */
async function authorizeJobs({ viewer }: ActingScope, operation: Operation, { selection }: SelectionRequest, page: Chosen[]): Promise<Authorized[]> {
  const { resource } = requireMany(operation)
  const answers = await Promise.all(
    page.map(async (job): Promise<Authorized | undefined> => {
      const { allowed, reason } = await viewer.can(operation.action, resource(job))
      if (allowed) return { job }
      if ((await viewer.can('view_jobs', resource(job))).allowed && !isGone(job)) return { job, refusal: { reason } }
      return 'ids' in selection ? { job: goneJob(job.id) } : undefined
    }),
  )
  return answers.filter((answer) => answer !== undefined)
}

interface Authorized {
  job: Chosen
  refusal?: { reason?: string }
}

/** Refuses an actor who does not have the right anywhere, whatever the selection would have matched. */
async function requireAnyRight({ viewer }: ActingScope, { action }: Operation): Promise<void> {
  const { allowed, reason } = await viewer.can(action, pageOf('view_jobs'))
  if (!allowed) throw new OpsError('forbidden', reason ?? `${action} is not allowed.`)
}

function count(frozen: Frozen, jobs: Chosen[]): void {
  const eligible = jobs.filter(({ notEligible }) => notEligible === undefined)
  frozen.total += jobs.length
  frozen.eligible += eligible.length
  addCounts(frozen.notEligible, countBy(jobs, ({ notEligible }) => notEligible))
  addCounts(frozen.byQueue, countBy(eligible, ({ queue }) => queue))
  addCounts(frozen.byState, countBy(eligible, ({ state }) => state))
  for (const job of jobs) addToQueue(frozen.queues, job)
}

/** A job that is gone has no queue. */
function addToQueue(queues: Frozen['queues'], { id, queue, worker, tags, notEligible }: Chosen): void {
  if (!queue) return
  const share = (queues[queue] ??= { total: 0, eligible: 0 })
  share.total += 1
  if (notEligible !== undefined) return
  share.eligible += 1
  share.sample ??= { id, worker, tags }
}

/** Collects pages of any size into batches of equal size, and inserts several with one statement. */
class BatchWriter {
  #pending: Chosen[] = []
  #number = 0
  readonly #scope: ActingScope
  readonly #bulkId: string

  constructor(scope: ActingScope, bulkId: string) {
    this.#scope = scope
    this.#bulkId = bulkId
  }

  async write(jobs: Chosen[]): Promise<void> {
    this.#pending.push(...jobs)
    const complete = this.#pending.length - (this.#pending.length % batchSize)
    if (complete) await this.#insert(this.#pending.splice(0, complete))
  }

  async end(): Promise<void> {
    if (this.#pending.length) await this.#insert(this.#pending.splice(0))
  }

  async #insert(jobs: Chosen[]): Promise<void> {
    const { kit, em } = this.#scope
    const batches: Chosen[][] = []
    for (let from = 0; from < jobs.length; from += batchSize) batches.push(jobs.slice(from, from + batchSize))
    const eligible = batches.map((batch) => batch.filter(({ notEligible }) => notEligible === undefined).length)
    await query(
      em,
      sql`insert into ${kit.db.table('bulk_batch')} (bulk_id, number, jobs, eligible)
          select ${this.#bulkId}::uuid, ${this.#number}::int + place - 1, jobs::jsonb, eligible
          from unnest(${batches.map((batch) => JSON.stringify(batch))}::text[], ${eligible}::int[]) with ordinality as batch(jobs, eligible, place)`,
    )
    this.#number += batches.length
  }
}
