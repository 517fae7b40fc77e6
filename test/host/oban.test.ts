import { essentialSession } from './essential-session.ts'

essentialSession('oban')
