export { JobStopped } from './companion.ts'
export type { AttendOptions, PoolLike } from './options.ts'
export { attendPgBoss, type Attendance, type PgBossWorkers } from './pg-boss.ts'
