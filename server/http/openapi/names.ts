import { z } from 'zod'
import * as schemas from '../../../schemas/index.ts'
import { instant, words } from '../../../schemas/words.ts'

/** The name of each schema in `components.schemas`. A registry of our own: what a host registers in zod's global one is not mixed with it. */
export const schemaNames = z.registry<{ id: string }>()

/** Vocabulary tables whose words occur in more than one schema, by the name of their type. */
const vocabularies = {
  ActorKind: schemas.actorKinds,
  AuditOutcome: schemas.auditOutcomes,
  BulkFateWord: schemas.bulkFates,
  BulkOutcome: schemas.bulkOutcomes,
  BulkStatus: schemas.bulkStatuses,
  CaseKind: schemas.caseKinds,
  CatchUpPolicy: schemas.catchUpPolicies,
  ChronologySource: schemas.chronologySources,
  CompletenessState: schemas.completenessStates,
  CountMethod: schemas.countMethods,
  CronSource: schemas.cronSources,
  DeliveryFailure: schemas.deliveryFailures,
  DeliveryState: schemas.deliveryStates,
  ErrorGrouping: schemas.errorGroupings,
  ErrorState: schemas.errorStates,
  ErrorStatus: schemas.errorStatuses,
  EventSource: schemas.eventSources,
  ExecutorHealth: schemas.executorHealths,
  FigureAge: schemas.figureAges,
  FollowUpStatus: schemas.followUpStatuses,
  IncidentClass: schemas.incidentClasses,
  IncidentState: schemas.incidentStates,
  JobState: schemas.jobStates,
  OperationAction: schemas.operationActions,
  OperatorStatus: schemas.operatorStatuses,
  OverlapPolicy: schemas.overlapPolicies,
  Ownership: schemas.ownerships,
  PreviewStatus: schemas.previewStatuses,
  Provenance: schemas.provenances,
  QueueDiagnosis: schemas.queueDiagnoses,
  Risk: schemas.risks,
  SlotOutcome: schemas.slotOutcomes,
  SubjectStatus: schemas.subjectStatuses,
  SubjectType: schemas.subjectTypes,
  TimelineMarkKind: schemas.timelineMarks,
  WaitReason: schemas.waitReasons,
}

const taken = new Set<string>()
register('Instant', instant)
for (const [id, table] of Object.entries(vocabularies)) register(id, words(table))
for (const [name, exported] of Object.entries(schemas)) if (exported instanceof z.ZodType) register(capitalize(name), exported)
for (const [action, request] of Object.entries(schemas.operationRequests)) register(`${typeName(action)}Request`, request)
for (const [action, request] of Object.entries(schemas.operationRequestsWithReason)) register(`${typeName(action)}Operation`, request)

/** What a request or a response is called that is exported under no name of its own: after its operation. */
for (const { name, body, output, media, params, query, headers } of Object.values(schemas.endpoints) as unknown as schemas.Endpoint[]) {
  if (body) register(`${capitalize(name)}Body`, body)
  if (media === 'json') register(`${capitalize(name)}Response`, output)
  // Taken apart into parameters, and no part of the document.
  for (const [place, fields] of Object.entries({ params, query, headers })) if (fields) register(`${name}.${place}`, fields)
}

/** The first name that a schema gets is the one it keeps. */
function register(id: string, schema: z.ZodType): void {
  if (schemaNames.has(schema)) return
  if (taken.has(id)) throw new Error(`Two schemas would have the name ${id} in the OpenAPI document.`)
  taken.add(id)
  schemaNames.add(schema, { id })
}

/** `pause_cron_entry`: `PauseCronEntry`. */
function typeName(action: string): string {
  return action.split('_').map(capitalize).join('')
}

function capitalize(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}
