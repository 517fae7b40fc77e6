import { noChange } from 'lit'
import { directive, Directive, type ElementPart } from 'lit/directive.js'
import type { Problem } from '../../schemas/problem.ts'
import { announce } from '../core/events.ts'

/** What each place shows now: the same problem after a retry is not announced again. */
const shown = new WeakMap<Element, string>()

/**
 * Announces a problem as `ops-problem` where it is shown, so that no problem is shown that the host does not hear of. If the host
 * prevents the event, the element is hidden: the host shows the problem itself.
 */
class Announced extends Directive {
  render(_problem: Problem) {
    return noChange
  }

  override update({ element }: ElementPart, [{ code, status, title, detail, requestId }]: [Problem]) {
    const key = [code, status, title, detail].join('\n')
    if (shown.get(element) === key) return noChange
    shown.set(element, key)
    // The element is not in the document yet, and nothing is painted before this runs.
    queueMicrotask(() => {
      const place = element as HTMLElement
      if (place.isConnected) place.hidden = !announce(place, 'ops-problem', { code, status, title, detail, requestId }, true)
      else shown.delete(element)
    })
    return noChange
  }
}

export const announced = directive(Announced)
