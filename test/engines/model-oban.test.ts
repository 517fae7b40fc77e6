import { engineModel } from './model.ts'
import { startObanModel } from './model-oban.ts'

engineModel('Oban', startObanModel, { runs: 8 })
