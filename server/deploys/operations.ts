import { sql } from 'kysely'
import type { OperationRequest } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { fieldError, OpsError } from '../error.ts'
import { defineOperation } from '../operations/operation.ts'
import { uuidv7 } from '../uuid.ts'
import { deployResource, type DeployRow, findMarked } from './rows.ts'

type Request = Extract<OperationRequest, { action: 'mark_deploy' }>

/** The clocks of a build server and of this process may differ by this much. */
const maxAheadMs = 5 * 60_000

const markDeploy = defineOperation<Request, DeployRow | undefined>({
  action: 'mark_deploy',
  eventType: 'deploy.marked',
  reason: 'optional',
  risk: 'low',

  async find({ subject, input }, { kit, em }) {
    const found = input.at === undefined ? undefined : await findMarked(kit.db, em, subject.id, input.at)
    return { resource: deployResource(subject.id), found }
  },

  plan({ subject, input: { at, url } }, { found }, { now }) {
    if (found) throw new OpsError('illegal_transition', `The deploy of ${subject.id} at ${at} is already marked.`)
    if (at !== undefined && Date.parse(at) > now.getTime() + maxAheadMs) {
      throw fieldError('input.at', `is ${at}, which is in the future; expected when the deploy went live`)
    }
    return {
      title: `Mark the deploy of ${subject.id}`,
      effect: 'Charts and chronologies show from now on when it went live. No job and no queue changes.',
      before: {},
      after: { version: subject.id, at: at === undefined ? 'now' : iso(at), ...(url !== undefined && { url }) },
    }
  },

  async apply({ subject, input: { at, url } }, _target, { kit, em, now, principal, reason }, eventId) {
    const id = uuidv7(now.getTime())
    const wentLive = at === undefined ? now.toISOString() : iso(at)
    const inserted = await query(
      em,
      sql`insert into ${kit.db.table('deploy')} (id, version, at, url, note, marked_by, event_id)
          values (${id}, ${subject.id}, ${wentLive}, ${url ?? null}, ${reason ?? null}, ${JSON.stringify(principal)}, ${eventId})
          on conflict (version, at) do nothing returning id`,
    )
    if (!inserted.length) throw new OpsError('mutation_conflict', `The deploy of ${subject.id} was marked by another request at the same moment.`)
    return { after: { version: subject.id, at: wentLive, ...(url !== undefined && { url }) }, result: { deployId: id } }
  },
})

function iso(at: string): string {
  return new Date(at).toISOString()
}

export const deployOperations = { mark_deploy: markDeploy }
