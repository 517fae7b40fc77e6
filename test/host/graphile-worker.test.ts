import { operatorSession } from './operator-session.ts'

operatorSession('graphile-worker')
