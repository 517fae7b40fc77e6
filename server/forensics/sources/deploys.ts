import { auditPath, type Deploy } from '../../../schemas/index.ts'
import { listDeploys } from '../../deploys/read.ts'
import { nothing, type Source, type SourceItem } from '../source.ts'

/** Deploys that the host marked. That one precedes something does not make it the cause. */
export const deploySource: Source = {
  key: 'deploy',
  async collect(scope, { subject, since }, { to, before }) {
    // A run of changes is not about what was deployed.
    if (subject.type === 'bulk' || subject.type === 'audit_event') return nothing
    const end = before ? Math.min(to.getTime(), Date.parse(before.at)) : to.getTime()
    const deploys = end < since.getTime() ? [] : await listDeploys(scope, since, new Date(end + 1))
    return { items: deploys.map((deploy) => deployItem(deploy, scope.kit.base)), gaps: [], withheld: [] }
  },
}

function deployItem({ id, version, at, note, by }: Deploy, base: string): SourceItem {
  return {
    id,
    at,
    label: `${version} was deployed`,
    detail: note,
    source: 'deploy',
    provenance: 'supporting',
    actor: by,
    ref: { type: 'deploy', id: version, href: `${base}${auditPath('deploy', version)}` },
    lane: 'deploys',
    mark: 'deploy',
  }
}
