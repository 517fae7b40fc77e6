import type { Session } from '../../schemas/actor.ts'
import { protocol, version } from '../../schemas/protocol.ts'
import type { OpsElement } from './element.ts'
import { t } from './words.ts'

/** Says above an element that it and its API do not fit, and what to do; once. */
export function showSkew(element: OpsElement, session: Session): void {
  const root = element.renderRoot
  if (element.localName.endsWith('-provider') || root.querySelector('[part=skew]')) return
  const note = document.createElement('p')
  note.className = 'problem card slim'
  note.part.add('skew')
  note.setAttribute('role', 'status')
  note.textContent = sentence(session)
  root.prepend(note)
}

function sentence({ version: api, protocol: { current } = { current: 1 } as Session['protocol'] }: Session): string {
  return current < protocol.current
    ? t`The API of version ${api} is too old for these elements of version ${version}; update ops-powertools on the server.`
    : t`These elements of version ${version} are too old for the API of version ${api}; reload the page, and if this stays, update ops-powertools in the page.`
}
