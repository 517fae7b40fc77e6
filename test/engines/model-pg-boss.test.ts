import { engineModel } from './model.ts'
import { startPgBossModel } from './model-pg-boss.ts'

engineModel('pg-boss', startPgBossModel, { runs: 3 })
