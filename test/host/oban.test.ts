import { operatorSession } from './operator-session.ts'

operatorSession('oban')
