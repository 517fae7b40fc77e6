import type { z } from 'zod'
import { type EndpointName, routes } from './routes.ts'
import type { ViewAction } from './vocabulary.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The single description of an endpoint, used by the router, the OpenAPI document, the client and the tests. */
export interface Endpoint<
  Name extends EndpointName = EndpointName,
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  name: Name
  method: Method
  /** Below `<base>/api/v1`, parameters as `{name}`. */
  path: string
  /** One line for the OpenAPI document. */
  summary: string
  params?: Params
  query?: Query
  headers?: z.ZodObject
  body?: Body
  output: Output
  /** Status of a normal success; 200 by default. */
  status: number
  /** The members of `output` by status, if there is more than one success status. */
  outputs?: Readonly<Record<number, z.ZodType>>
  /** `json` unless the endpoint streams. */
  media: 'json' | 'text' | 'event-stream' | 'export'
  /**
   * Who may call it. A view action is authorized with the page as resource before the handler runs; `session` needs only an
   * actor (the handler authorizes what it touches); `public` needs none.
   */
  access: ViewAction | 'session' | 'public'
}

type Description<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, O extends z.ZodType> = Partial<
  Pick<Endpoint<EndpointName, P, Q, B, O>, 'params' | 'query' | 'headers' | 'body' | 'status' | 'outputs'>
> &
  Pick<Endpoint<EndpointName, P, Q, B, O>, 'summary' | 'output' | 'access'>

export function endpoint<
  Name extends EndpointName,
  Output extends z.ZodType,
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Media extends Endpoint['media'] = 'json',
>(name: Name, description: Description<Params, Query, Body, Output> & { media?: Media }): Endpoint<Name, Params, Query, Body, Output> & { media: Media } {
  const [method, path] = routes[name].split(' ') as [Method, string]
  return { status: 200, ...description, media: description.media ?? ('json' as Media), name, method, path }
}
