import type { z } from 'zod'
import type { Endpoint, EndpointName } from '../../schemas/index.ts'
import type { ExportFormat } from './export-lines.ts'
import type { Scope } from './scope.ts'

/** What an endpoint was asked, parsed by its own description. */
export interface HandlerInput<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  headers: Record<string, string | undefined>
}

/** A file that is written as it is read. */
export interface ExportFile {
  /** Name of the file without its time and ending. */
  file: string
  lines: AsyncIterable<string>
  /** What was searched, in words, when that was not everything. */
  searched?: string
}

/** An endpoint with what answers it. A handler knows no HTTP: parsed input and scope in, output out. */
export type Handled =
  | { kind: 'json'; name: EndpointName; run(input: HandlerInput, scope: Scope): Promise<unknown> }
  | { kind: 'export'; name: EndpointName; open(input: HandlerInput, scope: Scope): Promise<ExportFile> }

type InputOf<P, Q, B> = HandlerInput<z.output<P>, z.output<Q>, z.output<B>>

/** An endpoint that answers JSON to an actor who may call it. */
export function handle<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, O extends z.ZodType>(
  endpoint: Endpoint<EndpointName, P, Q, B, O> & { media: 'json' },
  run: (input: InputOf<P, Q, B>, scope: Scope) => Promise<z.input<O>>,
): Handled {
  return { kind: 'json', name: endpoint.name, run: run as (input: HandlerInput, scope: Scope) => Promise<unknown> }
}

/** An endpoint that answers a file in the `format` of its query. */
export function handleExport<P extends z.ZodObject, Q extends z.ZodObject<{ format: z.ZodType<ExportFormat> }>, B extends z.ZodType, O extends z.ZodType>(
  endpoint: Endpoint<EndpointName, P, Q, B, O> & { media: 'export' },
  open: (input: InputOf<P, Q, B>, scope: Scope) => Promise<ExportFile>,
): Handled {
  return { kind: 'export', name: endpoint.name, open: open as (input: HandlerInput, scope: Scope) => Promise<ExportFile> }
}
