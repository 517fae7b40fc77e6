/** The part of BullMQ 6 that is used here. The host passes its own queues, so this package loads no queue library. */

export interface BullQueue {
  readonly name: string
  getBackend(): BullBackend
  add(name: string, data: unknown, opts: { jobId: string; telemetry?: { metadata: string } }): Promise<{ id?: string }>
  getJob(id: string): Promise<BullJob | undefined>
  getJobCounts(...types: string[]): Promise<Record<string, number>>
  getMetrics(type: 'completed' | 'failed', start?: number, end?: number): Promise<{ meta: { count: number }; data: number[] }>
  getWorkers(): Promise<Record<string, string>[]>
  getVersion(): Promise<string | null>
  isPaused(): Promise<boolean>
  pause(): Promise<void>
  resume(): Promise<void>
  isMaxed(): Promise<boolean>
  getRateLimitTtl(): Promise<number>
  getGlobalConcurrency(): Promise<number | null>
  setGlobalConcurrency(limit: number): Promise<unknown>
}

export interface BullJob extends BullTimes {
  retry(state: 'completed' | 'failed'): Promise<void>
  promote(): Promise<void>
  remove(options: { removeChildren: boolean }): Promise<void>
}

/** What changes whenever a job's state does. */
export interface BullTimes {
  attemptsMade: number
  attemptsStarted: number
  timestamp: number
  delay?: number
  processedOn?: number
  finishedOn?: number
}

/** A job as it is stored; `data`, `returnvalue` and `stacktrace` are still JSON text. */
export interface BullRecord extends BullTimes {
  id: string
  name: string
  data: string
  opts: { attempts?: number; priority?: number; delay?: number; stackTraceLimit?: number; backoff?: unknown; jobId?: string; parent?: object }
  priority?: number
  failedReason?: string
  stacktrace?: string
  returnvalue?: string
  parent?: { id?: string; queueKey: string }
  parentKey?: string
  repeatJobKey?: string
  deduplicationId?: string
  processedBy?: string
  progress?: unknown
  stalledCounter?: number
}

/** Keys of a job's children, grouped by outcome. */
export interface BullChildren {
  processed?: object
  unprocessed?: string[]
  ignored?: object
  failed?: string[]
}

export interface BullBackend {
  waitUntilReady(): Promise<void>
  getJobData(id: string): Promise<BullRecord | undefined>
  isJobInState(state: string, id: string): Promise<boolean>
  getRanges(types: string[], start?: number, end?: number, asc?: boolean): Promise<string[][]>
  getDependencies(id: string, opts: Record<string, never>): Promise<BullChildren>
  parseNodeKey(key: string): { queueName: string; id: string }
}

/** BullMQ's names of the sets that hold a queue's jobs. */
export const bullTypes = ['active', 'wait', 'prioritized', 'delayed', 'waiting-children', 'failed', 'completed'] as const
export type BullType = (typeof bullTypes)[number]

/** `queue:id`. A queue's name contains no colon, so the first colon separates them. */
export function publicId(queue: string, id: string): string {
  return `${queue}:${id}`
}

export function parsePublicId(id: string): { queue: string; id: string } {
  const colon = id.indexOf(':')
  return colon < 0 ? { queue: '', id } : { queue: id.slice(0, colon), id: id.slice(colon + 1) }
}
