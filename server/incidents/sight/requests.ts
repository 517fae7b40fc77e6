import { listOrphanRequests, maxRequests, type OrphanRequest } from '../../operations/open-requests.ts'
import type { Reading, Source } from '../sight.ts'

export type RequestSeen = OrphanRequest

/** Changes that were requested from the engine and whose outcome is unknown. Read live, and unavailable if there are too many to read. */
export async function readRequests(reading: Reading): Promise<Source<RequestSeen[]>> {
  const value = await listOrphanRequests({ ...reading, source: 'system', requestId: 'detector' })
  return value.length < maxRequests ? { value, asOf: reading.now } : null
}
