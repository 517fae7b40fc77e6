import type { z } from 'zod'
import type { Endpoint, EndpointName } from '../../schemas/index.ts'
import type { FileFormat } from './export-lines.ts'
import type { Scope } from './scope.ts'

/** A request to an endpoint, parsed by the endpoint's description. */
export interface HandlerInput<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  headers: Record<string, string | undefined>
}

/** A file whose lines are produced while it is being sent. */
export interface ExportFile {
  /** Name of the file without time and extension. */
  file: string
  lines: AsyncIterable<string>
  /** What was searched, in words, if that was not everything. */
  searched?: string
}

/** An endpoint with its handler. Handlers know nothing of HTTP: they take parsed input and a scope, and return the output. */
export type Handled =
  | { kind: 'json'; name: EndpointName; run(input: HandlerInput, scope: Scope): Promise<unknown>; fromReplica?: true }
  | { kind: 'export'; name: EndpointName; open(input: HandlerInput, scope: Scope): Promise<ExportFile> }

type InputOf<P, Q, B> = HandlerInput<z.output<P>, z.output<Q>, z.output<B>>

/** An endpoint that responds with JSON. */
export function handle<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, O extends z.ZodType>(
  endpoint: Endpoint<EndpointName, P, Q, B, O> & { media: 'json' },
  run: (input: InputOf<P, Q, B>, scope: Scope) => Promise<z.input<O>>,
): Handled {
  return { kind: 'json', name: endpoint.name, run: run as (input: HandlerInput, scope: Scope) => Promise<unknown> }
}

/** The same endpoint, read from the replica if there is one. Its `asOf` must be the scope's `now`, and it must not change anything. */
export function fromReplica(handled: Handled): Handled {
  return { ...handled, fromReplica: true } as Handled
}

/** An endpoint that responds with a file in the `format` given in its query. */
export function handleExport<P extends z.ZodObject, Q extends z.ZodObject<{ format: z.ZodType<FileFormat> }>, B extends z.ZodType, O extends z.ZodType>(
  endpoint: Endpoint<EndpointName, P, Q, B, O> & { media: 'export' },
  open: (input: InputOf<P, Q, B>, scope: Scope) => Promise<ExportFile>,
): Handled {
  return { kind: 'export', name: endpoint.name, open: open as (input: HandlerInput, scope: Scope) => Promise<ExportFile> }
}
