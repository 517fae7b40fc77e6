import type { Action, Permission, Principal } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'
import type { Auth, Resource } from './auth.ts'
import { type DisplayContext, type DisplayKind, type DisplayPolicy, display } from './display.ts'
import type { Log } from './log.ts'

/** The actor of a request, with its permissions and its display policy. */
export interface Viewer {
  /** null means read-only. */
  readonly principal: Principal | null
  /** Asks the host, once per action and resource within a request. */
  can(action: Action, resource: Resource): Promise<Permission>
  /** A value as this viewer may see it. */
  show(kind: DisplayKind, value: unknown, surface: DisplayContext['surface'], subject?: DisplayContext['subject']): unknown
}

/** How long the host may take to identify an actor or decide a permission, so that a request is answered within five seconds. */
export const maxHostMs = 4_000

/** Bounds the cache, because an export checks every job. */
const maxCached = 5_000

export function viewerOf<Actor>(auth: Auth<Actor>, policy: DisplayPolicy<Actor>, actor: Actor, log?: Pick<Log, 'error'>): Viewer {
  const asked = new Map<string, Promise<Permission>>()
  return {
    principal: getPrincipal(auth, actor, log),
    can(action, resource) {
      const { key, frozen } = questionAbout(resource)
      const question = `${action} ${key}`
      let answer = asked.get(question)
      if (asked.size >= maxCached) asked.clear()
      if (!answer) asked.set(question, (answer = askHost(auth, actor, action, frozen)))
      return answer
    },
    show: (kind, value, surface, subject) => display(policy, kind, value, { actor, surface, subject }),
  }
}

/** The principal of this product's own actions. */
export const systemPrincipal: Principal = { id: 'system', type: 'system', label: 'system' }

interface Question {
  /** Equal for resources with equal content. */
  key: string
  frozen: Resource
}

/** Cached, because a list checks each of its resources for every action. */
const questions = new WeakMap<Resource, Question>()

function questionAbout(resource: Resource): Question {
  let question = questions.get(resource)
  if (!question) {
    const { type, id, queue, worker, tags } = resource
    question = { key: JSON.stringify([type, id, queue, worker, tags]), frozen: frozen(resource) }
    questions.set(resource, question)
  }
  return question
}

const allowed: Permission = Object.freeze({ allowed: true })
const denied: Permission = Object.freeze({ allowed: false, reason: 'Your account may not do this.' })
const deniedByError: Permission = Object.freeze({ allowed: false, reason: 'The host could not decide, so the answer is no.' })

/** @throws OpsError `unavailable` when the host does not decide in time; a timeout must not look like a denial */
async function askHost<Actor>(auth: Auth<Actor>, actor: Actor, action: Action, resource: Resource): Promise<Permission> {
  let answer: unknown
  try {
    answer = auth.authorize(actor, action, resource)
  } catch {
    return deniedByError
  }
  // Most hosts answer from memory, and a list checks each of its items, so synchronous answers get no timer.
  if (!isThenable(answer)) return permissionOf(answer)
  return withTimeout(Promise.resolve(answer).then(permissionOf, () => deniedByError), maxHostMs, undecided)
}

/** A host may return a promise from another library. */
function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'
}

function permissionOf(answer: unknown): Permission {
  if (answer === true) return allowed
  if (answer === false) return denied
  if (typeof answer !== 'object' || answer === null) return deniedByError
  const given = answer as Partial<Permission>
  if (given.allowed === true) return allowed
  return { allowed: false, reason: typeof given.reason === 'string' && given.reason ? given.reason : denied.reason }
}

function undecided(): OpsError {
  return new OpsError('unavailable', 'The host did not decide in time what is allowed; try again.')
}

/** Two actors are one when both type and id are the same; the label is only for people. */
export function isSameActor(a: Pick<Principal, 'type' | 'id'>, b: Pick<Principal, 'type' | 'id'>): boolean {
  return a.type === b.type && a.id === b.id
}

/** Names that the evidence uses for this product. An actor with one of them could pass for the product itself. */
const reservedType = 'system'
const reservedIds: ReadonlySet<string> = new Set(['system', 'unattributable'])

function frozen(resource: Resource): Resource {
  return Object.freeze({ ...resource, ...(resource.tags && { tags: Object.freeze([...resource.tags]) }) })
}

/** The principal, or null if the actor cannot be named in evidence. */
function getPrincipal<Actor>(auth: Auth<Actor>, actor: Actor, log: Pick<Log, 'error'> | undefined): Principal | null {
  try {
    const principal = auth.auditPrincipal(actor)
    if (!principal || !isIdentifier(principal.id) || !isIdentifier(principal.type)) return null
    if (principal.type.toLowerCase() === reservedType || reservedIds.has(principal.id.toLowerCase())) {
      reportReserved(auth, principal, log)
      return null
    }
    return { id: principal.id, type: principal.type, label: isName(principal.label) ? principal.label : principal.id }
  } catch {
    return null
  }
}

const reported = new WeakMap<object, Set<string>>()
const maxReported = 100

/** Logs each name only once, because this runs at every request. */
function reportReserved(auth: object, { type, id }: Principal, log: Pick<Log, 'error'> | undefined): void {
  const names = reported.get(auth) ?? new Set()
  reported.set(auth, names)
  const name = `${type}:${id}`
  if (names.has(name) || names.size >= maxReported) return
  names.add(name)
  log?.error(
    `auth.auditPrincipal returned ${name}, which is reserved: the type 'system' and the ids 'system' and 'unattributable' name this product in the evidence. ` +
      'Expected another type or id; until then this actor is read-only.',
  )
}

/** What tells actors apart in evidence. Nothing invisible, or two actors could look alike, or like this product. */
function isIdentifier(value: unknown): value is string {
  return isName(value) && value.trim() === value && !/[\p{Cc}\p{Cf}]/u.test(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 200 && !value.includes('\0') && value.isWellFormed()
}
