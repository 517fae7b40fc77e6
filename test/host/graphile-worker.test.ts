import { essentialSession } from './essential-session.ts'

essentialSession('graphile-worker')
