/** Whether the shop was started with `--trouble`; the command line beside it uses the same variable. */
export const troubled = process.env.DEMO_TROUBLE === '1'

/** What runs here; the companion of the workers reports it with each heartbeat. */
export const version = { before: 'v411', now: 'v412' }

if (troubled) process.env.APP_VERSION ??= version.now
