import type { Problem } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'

/** Collects the errors of several fields of one request, so that a form can show all of them at once. */
export class FieldErrors {
  readonly #found: NonNullable<Problem['errors']> = []

  /** Returns the result of `check`; if it refuses a field, collects the error and returns undefined. Rethrows any other error. */
  collect<Answer>(check: () => Answer): Answer | undefined {
    try {
      return check()
    } catch (error) {
      if (!(error instanceof OpsError) || !error.details.errors) throw error
      this.#found.push(...error.details.errors)
      return undefined
    }
  }

  add(path: string, message: string): void {
    this.#found.push({ path, message })
  }

  /** Throws `invalid_request` if any field was refused. */
  throwIfAny(): void {
    const [first, ...more] = this.#found
    if (!first) return
    const rest = more.length ? ` (and ${more.length} more)` : ''
    throw new OpsError('invalid_request', `${first.path}: ${first.message}${rest}.`, { errors: [...this.#found] })
  }
}
