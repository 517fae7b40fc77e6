import { pauseQueue } from './pause.ts'
import { resumeQueue } from './resume.ts'
import { scaleQueue } from './scale.ts'

export const queueOperations = {
  pause_queue: pauseQueue,
  resume_queue: resumeQueue,
  scale_queue: scaleQueue,
}
