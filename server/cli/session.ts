import { pageOf } from '../host/auth.ts'
import type { Command } from 'commander'
import { type Permission, type ViewAction, viewActions } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { redacted } from '../host/display.ts'
import type { Log } from '../host/log.ts'
import { type Viewer, viewerOf } from '../host/viewer.ts'
import { openKit, type RunningKit } from '../open.ts'
import type { Scope } from '../operations/scope.ts'
import { type HostOptions, loadOptions } from './config.ts'
import { note } from './print.ts'

/** One command's connection to the host's database, as the actor from `auth.commandLineActor`. */
export interface CliSession {
  kit: RunningKit
  /** A new scope for each step, with its own unit of work and time. */
  scope(): Scope
  /** @throws OpsError `forbidden` when the actor may not see this surface */
  requireView(view: ViewAction): Promise<void>
}

/** Opens a session for `work` and closes everything it opened. */
export async function withSession<T>(command: Command, work: (session: CliSession) => Promise<T>): Promise<T> {
  const options = await loadOptions(command)
  const kit = await openKit({ ...options, bridges: [], log: silent })
  try {
    return await work(openSession(kit, await viewerFromTerminal(options)))
  } finally {
    await kit.settled()
    await kit.db.close()
  }
}

function openSession(kit: RunningKit, viewer: Viewer): CliSession {
  return {
    kit,
    scope: () => ({ kit, viewer, em: kit.db.em(), source: 'cli', requestId: `cli-${crypto.randomUUID()}`, now: kit.now() }),
    async requireView(view) {
      const { allowed, reason } = await viewer.can(view, pageOf(view))
      if (!allowed) throw new OpsError('forbidden', reason ?? `${view} is not allowed.`)
    },
  }
}

async function viewerFromTerminal({ auth, displayPolicy }: HostOptions): Promise<Viewer> {
  const actor = await auth.commandLineActor?.(process.env)
  if (actor === null || actor === undefined) {
    note(
      auth.commandLineActor
        ? 'auth.commandLineActor returned no actor, so this command is read-only, and every value that goes through the display policy is redacted.'
        : 'auth.commandLineActor is not set, so this command is read-only, and every value that goes through the display policy is redacted.',
    )
    return nobody
  }
  const viewer = viewerOf(auth, displayPolicy, actor, { error: note })
  return { ...viewer, show: (kind, value, _surface, subject) => viewer.show(kind, value, 'cli', subject) }
}

const onlyReads: Permission = {
  allowed: false,
  reason: 'Nothing can be changed without an actor; auth.commandLineActor determines who the command line acts as.',
}

/** The display policy cannot be called without an actor, so every value that would go through it is redacted. */
const nobody: Viewer = {
  principal: null,
  can: async (action) => (action in viewActions ? { allowed: true } : onlyReads),
  show: (_kind, value) => (value === null || value === undefined ? value : redacted),
}

const silent: Log = { info() {}, warn() {}, error() {} }
