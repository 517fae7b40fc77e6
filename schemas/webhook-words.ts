/** The words about webhooks. Must not import zod, because elements load this file. */

export const deliveryStates = { waiting: 'waiting', delivered: 'delivered', dead: 'given up' } as const
export type DeliveryState = keyof typeof deliveryStates

/** Why a webhook was not accepted. The address of the receiver appears nowhere. */
export const deliveryFailures = {
  unresolved: 'The name of the receiver was not found.',
  private_address: 'The receiver has a private address, which is not allowed.',
  timeout: 'The receiver did not answer in time.',
  connection: 'The receiver could not be reached.',
  certificate: "The receiver's certificate is not trusted.",
  redirect: 'The receiver redirects elsewhere, which is not followed.',
  refused: 'The receiver refused it.',
  gone: 'The receiver is gone: it answered 410, so nothing more is sent to it.',
  disabled: 'Nothing is sent to this receiver, because it answered 410 before.',
  not_configured: 'The receiver is no longer configured.',
} as const
export type DeliveryFailure = keyof typeof deliveryFailures
