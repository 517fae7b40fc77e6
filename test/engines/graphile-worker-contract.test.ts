import { startGraphileWorker } from '../support/graphile-worker.ts'
import { engineContract } from './contract.ts'

engineContract('graphile-worker', () => startGraphileWorker())
engineContract('graphile-worker in a database of its own', () => startGraphileWorker({ sharesDatabase: false }))
