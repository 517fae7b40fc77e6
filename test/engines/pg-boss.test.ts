import { startPgBoss } from '../support/pg-boss.ts'
import { engineContract } from './contract.ts'

engineContract('pg-boss', () => startPgBoss())
engineContract('pg-boss in a database of its own', () => startPgBoss({ sharesDatabase: false }))
// Every table counts as large, so that everything goes along the indexes that are proposed for large ones.
engineContract('pg-boss with large tables', () => startPgBoss({ largeFrom: 0, indexes: true }))
