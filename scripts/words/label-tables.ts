import { eventFacts } from '../../schemas/event-types.ts'
import { errorGroupings, errorOrders, errorStates, errorStatuses } from '../../schemas/error-words.ts'
import { jobFilterTable } from '../../schemas/job-filters.ts'
import { bucketSteps, resolvedRecently, vitalLabels, vitalUnits, waitNote } from '../../schemas/overview-words.ts'
import { problemCodes } from '../../schemas/problem-codes.ts'
import * as vocabulary from '../../schemas/vocabulary.ts'
import { deliveryFailures, deliveryStates } from '../../schemas/webhook-words.ts'

type Table = Readonly<Record<string, unknown>>

/** The texts of a table that is `{ key: text }`. */
const texts = (table: Readonly<Record<string, string>>) => Object.values(table)
/** The texts of a table whose rows have several properties, by the names of those that are shown. */
const rows = (table: Table, ...names: string[]) => Object.values(table).flatMap((row) => names.flatMap((name) => (row as Record<string, string | undefined>)[name] ?? []))

/** The labels of the tables that server and elements share, which elements show with `tx`. A new table is a line here. */
export const labelTables: Readonly<Record<string, string[]>> = {
  provenances: texts(vocabulary.provenances),
  previewStatuses: texts(vocabulary.previewStatuses),
  auditOutcomes: texts(vocabulary.auditOutcomes),
  actorKinds: texts(vocabulary.actorKinds),
  followUpStatuses: texts(vocabulary.followUpStatuses),
  eventSources: texts(vocabulary.eventSources),
  risks: texts(vocabulary.risks),
  jobStates: texts(vocabulary.jobStates),
  queueDiagnoses: texts(vocabulary.queueDiagnoses),
  waitReasons: texts(vocabulary.waitReasons),
  countMethods: texts(vocabulary.countMethods),
  operatorStatuses: texts(vocabulary.operatorStatuses),
  ownerships: texts(vocabulary.ownerships),
  postures: texts(vocabulary.postures),
  completenessStates: texts(vocabulary.completenessStates),
  bulkOutcomes: texts(vocabulary.bulkOutcomes),
  bulkFates: texts(vocabulary.bulkFates),
  bulkStatuses: texts(vocabulary.bulkStatuses),
  queueOrders: texts(vocabulary.queueOrders),
  executorHealths: texts(vocabulary.executorHealths),
  slotOutcomes: texts(vocabulary.slotOutcomes),
  overlapPolicies: texts(vocabulary.overlapPolicies),
  catchUpPolicies: texts(vocabulary.catchUpPolicies),
  cronSources: texts(vocabulary.cronSources),
  cronSorts: texts(vocabulary.cronSorts),
  cronGroups: texts(vocabulary.cronGroups),
  chronologySources: rows(vocabulary.chronologySources, 'label', 'means'),
  chronologyGroups: texts(vocabulary.chronologyGroups),
  timelineMarks: texts(vocabulary.timelineMarks),
  timelineLanes: texts(vocabulary.timelineLanes),
  forensicRanges: rows(vocabulary.forensicRanges, 'label'),
  incidentClasses: rows(vocabulary.incidentClasses, 'label'),
  incidentStates: texts(vocabulary.incidentStates),
  figureAges: texts(vocabulary.figureAges),
  incidentSources: texts(vocabulary.incidentSources),
  incidentOwners: texts(vocabulary.incidentOwners),
  vitals: [...texts(vitalLabels), ...texts(vitalUnits), waitNote],
  buckets: [...texts(bucketSteps), resolvedRecently],
  errorStates: texts(errorStates),
  errorStatuses: texts(errorStatuses),
  errorGroupings: texts(errorGroupings),
  errorOrders: texts(errorOrders),
  deliveryStates: texts(deliveryStates),
  deliveryFailures: texts(deliveryFailures),
  subjectTypes: rows(vocabulary.subjectTypes, 'label'),
  operationActions: [...rows(vocabulary.operationActions, 'label'), ...rows(vocabulary.operationActions, 'done').map((done) => `${done} {0}`), ...rows(vocabulary.operationActions, 'asks').map((asks) => (asks as unknown as { label: string }).label)],
  jobFilterTable: rows(jobFilterTable, 'label'),
  eventFacts: rows(eventFacts, 'label', 'verb'),
  problemCodes: Object.values(problemCodes).map(([, title]) => title),
}
