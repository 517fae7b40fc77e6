import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const getMetrics = endpoint('getMetrics', {
  summary: 'Figures for Prometheus; only if the host has turned them on',
  access: 'view_overview',
  media: 'text',
  output: z.string(),
})
