import type { z } from 'zod'
import type { Endpoint, EndpointName, Endpoints } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'

/** What an endpoint was asked, parsed. */
export interface HandlerInput<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  headers: Record<string, string | undefined>
}

type InputOf<E> = E extends Endpoint<EndpointName, infer P, infer Q, infer B> ? HandlerInput<z.output<P>, z.output<Q>, z.output<B>> : never
type OutputOf<E> = E extends Endpoint<EndpointName, z.ZodObject, z.ZodObject, z.ZodType, infer O> ? z.input<O> : never

/** Endpoints that answer with JSON to somebody who is signed in. */
export type JsonEndpointName = Exclude<EndpointName, 'streamLive' | 'exportAuditEvents' | 'exportJobs' | 'exportBulkItems' | 'getOpenapi' | 'getHealth' | 'getReadiness'>

/** Input and scope in, output out: a handler knows no HTTP. */
export type Handlers = {
  [Name in JsonEndpointName]: (input: InputOf<Endpoints[Name]>, scope: Scope) => Promise<OutputOf<Endpoints[Name]>>
}
export type Handler = (input: HandlerInput, scope: Scope) => Promise<unknown>
