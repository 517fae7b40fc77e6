const lostConnection = /^Connection terminated|^timeout exceeded when trying to connect/

/** Whether a query failed because PostgreSQL is down, stopping or starting. */
export function isDatabaseAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'].includes(code) || lostConnection.test(message)
}
