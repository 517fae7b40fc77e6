/** Whether the shop was started with `--trouble`; `DEMO_TROUBLE=1` tells the command line beside it. Known as soon as any module is loaded. */
export const troubled = process.argv.includes('--trouble') || process.env.DEMO_TROUBLE === '1'

/** What runs here; the companion of the workers reports it with each heartbeat. */
export const version = { before: 'v411', now: 'v412' }

if (troubled) process.env.APP_VERSION ??= version.now
