import { createHash } from 'node:crypto'
import type { Log } from '../host/log.ts'
import type { ErrorOptions } from '../options.ts'
import { normalize } from './normalize.ts'
import { cutTo, parseError, type RawError } from './parse-error.ts'

/** Where an error happened. Groups never span queues, because who may see what is decided by queue. */
export interface Place {
  queue: string
  /** The queue itself in an engine whose jobs have no workers. */
  worker: string
}

export interface Fingerprint {
  /** `e1:` and 16 hexadecimal digits. The version changes with the rules, so that open incidents are never regrouped. */
  fingerprint: string
  errorClass: string
  /** The message without what differs between occurrences; empty if there is none. */
  title: string
  /** `default`: class, message, worker. `host`: the host's own key. `worker`: its messages are not groupable. */
  grouping: 'default' | 'host' | 'worker'
}

export const version = 'e1'
const maxHostKey = 300

/** Meaningless messages, for which the stack decides instead. */
const constantMessage = /^(?:|(?:an? )?(?:unknown |unexpected |internal )?(?:error|exception|failure|failed)(?: occurred)?[.!]?|undefined|null|none|\[object Object\]|\{\}|<int>)$/i

/** The group that an error belongs to: its class, its normalized message and its worker. */
export function fingerprintOf(error: RawError, place: Place, errors: ErrorOptions | undefined, log: Pick<Log, 'error'>): Fingerprint {
  const { errorClass, message, frames } = parseError(error)
  const title = normalize(message)
  const says = !constantMessage.test(title) && title !== errorClass
  const defaultKey = hashOf([errorClass, title, ...(says ? [] : frames), place.queue, place.worker])
  const hostKey = errors?.fingerprint && askHost(errors.fingerprint, { ...error, errorClass, message: title, ...place }, defaultKey, log)
  if (hostKey === undefined || hostKey === defaultKey) return { fingerprint: defaultKey, errorClass, title, grouping: 'default' }
  return { fingerprint: hashOf(['host', hostKey, place.queue]), errorClass, title, grouping: 'host' }
}

/** For a worker that puts something new into every message: one group for each class. */
export function fingerprintOfWorker({ errorClass }: Fingerprint, place: Place): Fingerprint {
  return { fingerprint: hashOf(['worker', errorClass, place.queue, place.worker]), errorClass, title: '', grouping: 'worker' }
}

function hashOf(parts: string[]): string {
  return `${version}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`
}

/** A function of the host that throws, or answers with no key, leaves the default. */
function askHost(fingerprint: NonNullable<ErrorOptions['fingerprint']>, error: Parameters<typeof fingerprint>[0], defaultKey: string, log: Pick<Log, 'error'>): string | undefined {
  try {
    const key: unknown = fingerprint(Object.freeze({ ...error, text: cutTo(error.text, 2_048) }), defaultKey)
    if (key === undefined || key === null || key === '') return undefined
    if (typeof key === 'string') return cutTo(key, maxHostKey)
    reportOnce(fingerprint, log, `returned ${typeof key}; expected a string or undefined`)
  } catch (error) {
    reportOnce(fingerprint, log, `threw: ${error instanceof Error ? error.name : typeof error}`)
  }
  return undefined
}

const reported = new WeakSet<object>()

/** Once per process: it is called for every failure. */
function reportOnce(fingerprint: object, log: Pick<Log, 'error'>, what: string): void {
  if (reported.has(fingerprint)) return
  reported.add(fingerprint)
  log.error(`errors.fingerprint ${what}. The default grouping is used instead.`)
}
