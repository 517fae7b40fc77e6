import type { Resource } from '../host/auth.ts'
import type { DisplayKind } from '../host/display.ts'

/** Passed to a bridge when it is mounted. */
export interface BridgeMount {
  /** Path prefix the dashboard is served under, e.g. `/ops/jobs/pg-boss`. */
  basePath: string
}

/**
 * The engine's own dashboard, mounted read-only. The kit puts authorization, the GET-and-HEAD rule, the
 * `Inspection only` strip and the security headers around it; a bridge only finds and renders its dashboard.
 */
export interface Bridge {
  /** Short name and path segment, e.g. `pg-boss`. */
  readonly name: string
  /** e.g. `pg-boss Dashboard bridge`. */
  readonly label: string
  /**
   * Loads the dashboard. Returns null if it is not installed: then neither the path nor any link exists. Throws if it is installed
   * but does not work: then the host starts without the bridge and logs why.
   */
  open(mount: BridgeMount): Promise<OpenBridge | null>
}

/** What a bridge may know about the viewer. */
export interface BridgeVisit {
  /** `view_jobs` is allowed for every known queue, and the display policy leaves job data unchanged for this actor. */
  readonly mayReadJobData: boolean
  /** `view_queues` is allowed for every known queue: for a dashboard that shows all queues together. */
  readonly mayReadEveryQueue: boolean
  /** Whether the viewer may see this job or queue: for a dashboard from which single ones can be left out. */
  can(action: 'view_jobs' | 'view_queues', resource: Resource): Promise<boolean>
  /** A value as the viewer may see it: for a dashboard in which single values can be replaced. */
  show(kind: DisplayKind, value: unknown): unknown
}

export interface OpenBridge {
  /**
   * Answers one GET or HEAD request, already authorized. The request carries neither cookies nor credentials. An
   * `OpsError` is shown to the user.
   */
  answer(request: Request, visit: BridgeVisit): Promise<Response>
  /** Content-Security-Policy directives its pages need in addition to or instead of ours. Inline scripts and styles are allowed by hash. */
  readonly contentSecurityPolicy: Readonly<Record<string, string>>
  /** CSS that makes room for the strip, which is 34 px high and stays at the top of the page. */
  readonly style?: string
  close(): Promise<void>
}
