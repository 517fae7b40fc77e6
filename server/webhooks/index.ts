/** Ready-made escalation handlers and texts; exported as `ops-powertools/webhooks`. */
export type { Address, Resolve } from './address.ts'
export { pagerDutyEvent, type PagerDutyEvent, type PagerDutyOptions } from './pagerduty.ts'
export { slackMessage, type SlackMessage, type SlackOptions } from './slack.ts'
export { standardWebhooks, type StandardWebhooksOptions, type WebhookEndpoint } from './standard-webhooks.ts'
