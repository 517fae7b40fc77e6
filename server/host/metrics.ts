import type { IncomingMessage } from 'node:http'

/** For the host's monitoring. The same figures are always offered to OpenTelemetry, which ignores them unless the host has set up its SDK. */
export interface MetricsOptions {
  /**
   * Turns on `GET <base>/api/v1/metrics`, in the text format of Prometheus, and decides which requests come from the host's
   * monitoring, e.g. by a token or an address: `true` shows the figures of all queues. Anything else, and any exception, means
   * no; if it takes longer than 4 seconds, the answer is 503. Default: the endpoint is off.
   */
  prometheus?(request: IncomingMessage): boolean | Promise<boolean>
}
