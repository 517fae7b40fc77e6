import type { Problem } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'

/** What is wrong with several fields of one request, so that whoever fills in a form hears of all of them at once. */
export class FieldErrors {
  readonly #found: NonNullable<Problem['errors']> = []

  /** The answer of `check`; undefined where it refuses a field, which is kept. Any other error is thrown. */
  keep<Answer>(check: () => Answer): Answer | undefined {
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
  throwAny(): void {
    const [first, ...more] = this.#found
    if (!first) return
    const rest = more.length ? ` (and ${more.length} more)` : ''
    throw new OpsError('invalid_request', `${first.path}: ${first.message}${rest}.`, { errors: [...this.#found] })
  }
}
