import { engineModel } from './model.ts'
import { startGraphileWorkerModel } from './model-graphile-worker.ts'

engineModel('graphile-worker', startGraphileWorkerModel, { runs: 8 })
