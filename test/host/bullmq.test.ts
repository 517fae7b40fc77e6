import { operatorSession } from './operator-session.ts'

operatorSession('bullmq', { name: 'bull-board', label: 'Bull Board bridge' })
