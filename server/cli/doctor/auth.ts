import { viewActions } from '../../../schemas/index.ts'
import { pageOf, denyEverything } from '../../host/auth.ts'
import { viewerOf } from '../../host/viewer.ts'
import type { HostOptions } from '../config.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Whether the host has implemented login and permissions, or the stub from `init` is still in use. */
export async function checkAuth({ auth, displayPolicy }: HostOptions): Promise<Finding[]> {
  if (typeof auth !== 'object' || auth === null) return [] // createOps reports what is missing
  const stub = (['currentActor', 'authorize', 'auditPrincipal'] as const).filter((method) => (auth[method] as unknown) === denyEverything[method])
  if (stub.length) {
    const message = `denyEverything is still in use for ${stub.map((method) => `auth.${method}`).join(', ')}, so no one has access`
    return [warning('auth', message, "Replace it in the options with the host's own login and permissions.")]
  }
  if (!auth.commandLineActor) return [ok('auth', 'the host decides who is signed in; without auth.commandLineActor the command line is read-only')]
  const actor = await auth.commandLineActor(process.env)
  if (actor === null || actor === undefined) return [ok('auth', 'the host decides who is signed in; the command line has no actor here')]
  const viewer = viewerOf(auth, displayPolicy, actor)
  const views = Object.keys(viewActions) as (keyof typeof viewActions)[]
  const answers = await Promise.all(views.map((view) => viewer.can(view, pageOf(view))))
  const name = viewer.principal?.label ?? 'an actor that cannot be named in evidence'
  if (answers.some(({ allowed }) => allowed)) return [ok('auth', `the host decides who is signed in; the command line acts as ${name}`)]
  return [warning('auth', `auth.authorize denies ${name} every view`, 'The command line acts as this actor.')]
}
