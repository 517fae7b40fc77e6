import * as endpoints from '../../schemas/metrics.ts'
import { OpsError } from '../error.ts'
import { handleText } from '../operations/handle.ts'
import { reportMetrics } from './report.ts'

export const metricsHandlers = [
  handleText(endpoints.getMetrics, (_input, scope) => {
    if (scope.kit.prometheus) return reportMetrics(scope)
    throw new OpsError('not_found', 'Metrics are not offered here; the host turns them on with the option metrics: { prometheus: true }.')
  }),
]
