import { operatorSession } from './operator-session.ts'

operatorSession('pg-boss', { name: 'pg-boss', label: 'pg-boss Dashboard bridge' })
