import { z } from 'zod'
import { glossary } from './glossary.ts'
import { schemaNames } from './names.ts'

export type Json = Record<string, unknown>
type Direction = 'input' | 'output'

export interface Components {
  /** A reference to a named schema. What the reference leads to becomes part of the document. */
  refer(schema: z.ZodType, direction: Direction): Json
  /** A schema taken apart: its properties with their schemas, and the names of those that are required. */
  fieldsOf(schema: z.ZodType, about: string): { properties: Record<string, Json>; required: string[] }
  /** Every schema that was referred to, directly or through another, by name. */
  schemas(): Record<string, Json>
}

const place = '#/components/schemas/'

/** Collects the named schemas that a document refers to. */
export function openComponents(): Components {
  const all = { input: convert('input'), output: convert('output') }
  const used = new Map<string, Json>()

  function use(name: string, direction: Direction): void {
    const schema = all[direction][name]
    if (!schema) throw new Error(`The OpenAPI document refers to the schema ${name}, which server/http/openapi/names.ts does not name.`)
    const known = used.get(name)
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`The schema ${name} means different things in requests and in responses; give one of them a name of its own.`)
    if (known) return
    used.set(name, schema)
    useReferences(schema, direction)
  }

  function useReferences(schema: Json, direction: Direction): void {
    for (const [, name] of JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) use(name!, direction)
  }

  return {
    refer(schema, direction) {
      const name = schemaNames.get(schema)!.id
      use(name, direction)
      return { $ref: place + name }
    },
    fieldsOf(schema, about) {
      const { properties = {}, required = [] } = all.input[schemaNames.get(schema)!.id] as { properties?: Record<string, Json>; required?: string[] }
      useReferences(properties, 'input')
      for (const [name, field] of Object.entries(properties)) field.description = describe(about, name, field)
      return { properties, required }
    },
    schemas: () => Object.fromEntries([...used].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function convert(io: Direction): Record<string, Json> {
  const { schemas } = z.toJSONSchema(schemaNames, { io, unrepresentable: 'any', target: 'draft-2020-12', uri: (id) => place + id, override: openToMore }) as { schemas: Record<string, Json> }
  for (const [name, schema] of Object.entries(schemas)) {
    delete schema.$schema
    delete schema.$id
    const about = glossary[name]
    if (about !== undefined && schema.description === undefined) schema.description = about
    describeProperties(schema, name)
  }
  return schemas
}

/** A later minor version may add properties to a response, so that a client must not refuse those it does not know. */
function openToMore({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined) delete jsonSchema.additionalProperties
}

/** Gives each property that its schema says nothing about its words from the glossary, at any depth. */
function describeProperties(value: unknown, about: string): void {
  if (typeof value !== 'object' || value === null) return
  const { properties, type } = value as { properties?: Record<string, Json>; type?: unknown }
  if (type === 'object' && properties) {
    for (const [name, property] of Object.entries(properties)) {
      const words = describe(about, name, property)
      if (words !== undefined) property.description = words
    }
  }
  for (const inner of Object.values(value)) describeProperties(inner, about)
}

function describe(about: string, name: string, { description }: Json): string | undefined {
  return (description as string | undefined) ?? glossary[`${about}.${name}`] ?? glossary[name]
}
