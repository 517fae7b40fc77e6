/**
 * The SQLSTATE codes that decisions depend on, under PostgreSQL's own names (appendix A of its manual). `codeOf` extracts the
 * code of a thrown error.
 */
export const sqlState = {
  readOnlyTransaction: '25006',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  databaseMissing: '3D000',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  undefinedTable: '42P01',
  undefinedColumn: '42703',
  diskFull: '53100',
  outOfMemory: '53200',
  tooManyConnections: '53300',
  configurationLimitExceeded: '53400',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  ioError: '58030',
} as const

/** The class of all failures to connect or to stay connected. */
export const connectionExceptionClass = '08'
