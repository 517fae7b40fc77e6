import type { ReactiveControllerHost } from 'lit'
import type { CreatedPreview, OperationInput } from '../../schemas/operation.ts'
import type { PreviewStatus } from '../../schemas/vocabulary.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { now } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import { problemOf } from '../core/problem.ts'

/** After these a preview is worth nothing; the state it was made for is gone. */
const spent: Partial<Record<ProblemCode, PreviewStatus>> = {
  illegal_transition: 'drifted',
  mutation_conflict: 'drifted',
  preview_drifted: 'drifted',
  preview_expired: 'expired',
  preview_consumed: 'consumed',
}

/** What the server says will happen: one preview at a time, how it stands, and what refused it. */
export class Review {
  preview?: CreatedPreview
  status: PreviewStatus = 'ready'
  problem?: Problem
  busy: '' | 'preview' | 'execute' = ''
  private readonly host: ReactiveControllerHost
  private readonly connection: () => Connection
  private run?: AbortController

  constructor(host: ReactiveControllerHost, connection: () => Connection) {
    this.host = host
    this.connection = connection
  }

  /** The preview that can be confirmed now. */
  get ready(): CreatedPreview | undefined {
    return this.status === 'ready' ? this.preview : undefined
  }

  /** A set of which nothing is eligible needs no reason and leaves no record. */
  get nothingToDo(): boolean {
    return !this.problem && this.ready?.plan.selection?.eligible === 0
  }

  forget() {
    this.run?.abort()
    this.run = undefined
    this.set({ preview: undefined, status: 'ready', problem: undefined, busy: '' })
  }

  /** Takes a preview; a newer one takes its place. Answers what refused it, if nothing newer was asked meanwhile. */
  async take(body: OperationInput): Promise<Problem | undefined> {
    this.run?.abort()
    const run = (this.run = new AbortController())
    this.wait()
    try {
      const preview = await this.connection().client.createPreview({ body, signal: run.signal })
      if (this.run === run) this.set({ preview, status: preview.status, problem: undefined, busy: '' })
    } catch (error) {
      if (this.run === run) return this.refuse(error, { preview: undefined })
    }
    return undefined
  }

  /** Executes the preview; undefined when it was refused. */
  async execute({ id, token }: CreatedPreview, reason: string) {
    this.set({ busy: 'execute', problem: undefined })
    try {
      return await this.connection().client.executePreview({ params: { id }, body: { token, ...(reason ? { reason } : {}) } })
    } catch (error) {
      const { code } = this.refuse(error)
      this.set({ status: spent[code] ?? this.status })
      return undefined
    }
  }

  /** Another preview is about to be taken. */
  wait() {
    this.set({ busy: 'preview' })
  }

  expire() {
    if (this.ready && Date.parse(this.ready.expiresAt) <= now()) this.set({ status: 'expired' })
  }

  /** A refusal may show that the page is out of date; then everything on it reads again. */
  refuse(error: unknown, change: Partial<Review> = {}): Problem {
    const problem = problemOf(error)
    if (problem.code === 'not_found' || spent[problem.code] === 'drifted') this.connection().live.publish()
    this.set({ ...change, problem, busy: '' })
    return problem
  }

  private set(change: Partial<Review>) {
    Object.assign(this, change)
    this.host.requestUpdate()
  }
}
