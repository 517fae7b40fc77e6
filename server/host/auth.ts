import type { IncomingMessage } from 'node:http'
import { type Action, type Permission, type Principal, type ViewAction, viewActions } from '../../schemas/index.ts'

/** The resource of an action, passed in full both at preview and at execute. Frozen, so that a rule cannot modify it. */
export interface Resource {
  /** `page` for a whole surface, else a subject type such as `cron_entry`. */
  readonly type: string
  /** For a page its name (`cron`), else the subject's id. */
  readonly id: string
  readonly queue?: string
  readonly worker?: string
  readonly tags?: readonly string[]
}

/** The resource of a whole surface: `{ type: 'page', id: 'cron' }` for `view_cron`. */
export function pageOf(view: ViewAction): Resource {
  return { type: 'page', id: viewActions[view].page }
}

/** Node's request. With `ops.fetch` it stands for a `Request` of the fetch standard, which is then there as well. */
export interface HostRequest extends IncomingMessage {
  /** The `Request` that was passed to `ops.fetch`. */
  readonly fetchRequest?: Request
  /** What the host passed to `ops.fetch` as `context`. */
  readonly context?: unknown
}

/**
 * The host's login and permissions. `Actor` is whatever the host uses for a signed-in user or service;
 * it is passed back to the host unread.
 */
export interface Auth<Actor = unknown> {
  /**
   * The signed-in actor, or null if there is none (401 for the API, `signInUrl` for a page). If it throws, or takes longer
   * than 4 seconds, the answer is 503.
   */
  currentActor(request: HostRequest): Promise<Actor | null> | Actor | null

  /**
   * Called for every page, every read and every operation. Returns `true` or `false`, or `{ allowed, reason }`, whose
   * reason is shown beside the disabled control. Anything else, and any exception, means no; if it takes longer than
   * 4 seconds, the answer is 503.
   */
  authorize(actor: Actor, action: Action, resource: Resource): Promise<boolean | Permission> | boolean | Permission

  /** The name used in evidence; null makes the actor read-only. */
  auditPrincipal(actor: Actor): Principal | null

  /**
   * Whether the browser sent this request's credentials automatically. Then a change or an export must be same-origin. Default:
   * true for a cookie, HTTP authentication (Basic, Digest, NTLM, Negotiate), a client certificate, or no
   * `Authorization` header; false for a Bearer token alone.
   */
  fromCookie?(request: HostRequest): boolean

  /** Where a page redirects users who are not signed in; `returnTo` is the path they requested. Default: a plain 401 page. */
  signInUrl?(returnTo: string): string

  /** The command line's actor, determined from its environment. Without it the command line is read-only. */
  commandLineActor?(env: NodeJS.ProcessEnv): Promise<Actor | null> | Actor | null
}

/**
 * The stub that `ops-powertools init` writes: no one is signed in and nothing is allowed until the host replaces it.
 * `doctor` warns while it is in use.
 */
export const denyEverything: Auth<never> = {
  currentActor: () => null,
  authorize: () => false,
  auditPrincipal: () => null,
}
