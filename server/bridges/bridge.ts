import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a bridge is given when it is mounted. */
export interface BridgeMount {
  /** Path prefix the dashboard is served under, e.g. `/ops/jobs/pg-boss`. */
  basePath: string
}

/**
 * The engine's own dashboard, mounted read-only. The kit puts authorization, the GET-and-HEAD rule, the
 * `Inspection only` strip and the security headers around it; a bridge only finds and renders.
 */
export interface Bridge {
  /** Short name and path segment, e.g. `pg-boss`. */
  readonly name: string
  /** e.g. `pg-boss Dashboard bridge`. */
  readonly label: string
  /** Loads the dashboard. null when it is not installed: then neither the path nor any link exists. */
  open(mount: BridgeMount): Promise<OpenBridge | null>
}

export interface OpenBridge {
  /** One GET or HEAD request, already authorized. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Content-Security-Policy its pages need; they are not ours and may carry inline scripts. */
  readonly contentSecurityPolicy: string
  close(): Promise<void>
}
