import type { IncomingMessage } from 'node:http'
import { type Action, type Permission, type Principal, type ViewAction, viewActions } from '../../schemas/index.ts'

/** What an action is about. The same full resource is passed at preview and at execute. Frozen: a rule cannot change what is asked. */
export interface Resource {
  /** `page` for a whole surface, else a subject type such as `cron_entry`. */
  readonly type: string
  /** For a page its name (`cron`), else the subject's id. */
  readonly id: string
  readonly queue?: string
  readonly worker?: string
  readonly tags?: readonly string[]
}

/** A whole surface, as `authorize` is asked about it: `{ type: 'page', id: 'cron' }` for `view_cron`. */
export function pageOf(view: ViewAction): Resource {
  return { type: 'page', id: viewActions[view].page }
}

/**
 * The host's login and permissions. `Actor` is whatever the host uses for a signed-in person or service;
 * it is passed back to the host unread.
 */
export interface Auth<Actor = unknown> {
  /**
   * Who is asking; null when nobody is signed in (401 for the API, `signInUrl` for a page). An exception, and no answer
   * within 4 seconds, is 503.
   */
  currentActor(request: IncomingMessage): Promise<Actor | null> | Actor | null

  /**
   * Asked for every page, every read and every operation. `true`/`false`, or `{ allowed, reason }` where the
   * reason is shown beside the disabled control. Anything else, and any exception, counts as no; no answer within
   * 4 seconds is 503.
   */
  authorize(actor: Actor, action: Action, resource: Resource): Promise<boolean | Permission> | boolean | Permission

  /** Who is named in evidence. null: this actor may look, never change. */
  auditPrincipal(actor: Actor): Principal | null

  /**
   * Did the browser add this request's credentials by itself? Then a change or an export must be same-origin. Default:
   * yes for a cookie, HTTP's own logins (Basic, Digest, NTLM, Negotiate), a client certificate, and without an
   * `Authorization` header; no for a Bearer token alone.
   */
  fromCookie?(request: IncomingMessage): boolean

  /** Where a page sends somebody who is not signed in; `returnTo` is the path they wanted. Default: a plain 401 page. */
  signInUrl?(returnTo: string): string

  /** Who the command line acts as, read from its environment. Without it the command line only reads. */
  commandLineActor?(env: NodeJS.ProcessEnv): Promise<Actor | null> | Actor | null
}

/**
 * The stub that `ops-powertools init` writes: nobody is signed in and nothing is allowed, until the host says who is.
 * `doctor` warns while it is in use.
 */
export const denyEverything: Auth<never> = {
  currentActor: () => null,
  authorize: () => false,
  auditPrincipal: () => null,
}
