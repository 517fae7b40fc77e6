import type { ApiError } from '../../schemas/calls.ts'
import type { Problem } from '../../schemas/problem.ts'
import { announce } from './events.ts'
import { later } from './later.ts'
import { speaking, spoken, t } from './words.ts'

const loadAdvice = later(() => import('../parts/advice.ts'))

/** Converts anything thrown to a problem that can be shown. */
export function problemOf(error: unknown): Problem {
  // Also the errors of another copy of this package, whose class is not ours.
  if (error instanceof Error && 'problem' in error) return (error as ApiError).problem
  return {
    type: 'about:blank',
    title: t`Cannot reach the server`,
    status: 0,
    code: 'unavailable',
    // Browsers' own messages for a lost connection are not helpful.
    detail: error instanceof TypeError ? t`It does not answer.` : error instanceof Error ? error.message : String(error),
    requestId: '',
  }
}

/** What each place shows now: the same problem after a retry is not announced again. */
const announced = new WeakMap<Element, string>()

/**
 * Announces every rendered problem as `ops-problem`, so that none is shown that the host does not hear of. A problem is an element with
 * the class and the property `problem`. If the host prevents the event, it is hidden: the host shows the problem itself.
 */
export function announceProblems(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement & { problem?: Problem }>('.problem')) {
    if (!place.problem) continue
    const { code, status, title, detail, requestId, values } = place.problem
    const key = [code, status, title, detail].join()
    if (announced.get(place) === key) continue
    announced.set(place, key)
    void advise(place, place.problem)
    place.hidden = !announce(place, 'ops-problem', { code, status, title, detail, requestId, values }, true)
  }
}

/** A panel says what happened without its advice, if that cannot be loaded either. */
async function advise(place: Element, problem: Problem): Promise<void> {
  const language = spoken()
  const panel = place.querySelector('.advice')
  if (!panel) return
  const { advise } = await loadAdvice().catch(() => ({ advise: undefined }))
  speaking(language, () => advise?.(panel, problem))
}
