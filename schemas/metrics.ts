import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const getMetrics = endpoint('getMetrics', {
  summary: "Figures for the host's monitoring, in the text format of Prometheus; the host decides by itself who may read them",
  access: 'public',
  media: 'text',
  output: z.string(),
})
