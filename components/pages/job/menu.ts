import { t } from '../../core/words.ts'
import { copyText } from '../../parts/copy.ts'
import '../../parts/menu.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { offeredIn } from '../jobs/operations.ts'
import { type Doing, mainAction, words } from './actions.ts'

/** Everything besides the main operation. What is not possible comes last, each with its reason. */
export function jobMenu({ job, address, ask, say }: Doing): MenuItem[] {
  const { id, state, operations } = job
  const main = mainAction(job)
  const others = offeredIn(state).filter((action) => action !== main && operations[action])
  const copy = (label: string, text: () => string): MenuItem => ({
    label,
    choose: () => void copyText(text()).then((copied) => say(copied ? t`Copied` : t`This browser does not allow copying here`)),
  })
  return [
    ...others.filter((action) => operations[action]!.allowed).map((action) => ({ action, label: words(action), choose: () => ask({ action, id }) })),
    copy(t`Copy as JSON`, () => JSON.stringify(job, null, 2)),
    copy(t`Copy as cURL`, () => `curl -H 'accept: application/json' '${address.replaceAll("'", '%27')}'`),
    copy(t`Copy id`, () => id),
    ...others.filter((action) => !operations[action]!.allowed).map((action) => ({ action, label: words(action), refused: operations[action]!.reason ?? t`Your account may not do this.` })),
  ]
}
