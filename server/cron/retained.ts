import type { Retained } from '../db/retained.ts'

export const retainedSlots: Retained = { kind: 'slots', table: 'cron_slot', at: 'slot_at', key: 'id' }

/** An interval that is still open has no end. */
export const retainedCoverage: Retained = { kind: 'coverage', table: 'cron_coverage', at: 'to_at', key: 'id', only: 'to_at is not null' }
