import { startPgBoss } from '../support/pg-boss.ts'
import { engineContract } from './contract.ts'

engineContract('pg-boss', () => startPgBoss())
engineContract('pg-boss in a database of its own', () => startPgBoss({ sharesDatabase: false }))
