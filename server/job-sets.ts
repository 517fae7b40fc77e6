import { findJobsOfGroup } from './errors/jobs-of-group.ts'
import { findAffectedJobs } from './incidents/affected.ts'
import { findFailedAgain } from './operations/bulk/fate.ts'
import type { Kit } from './kit.ts'

/** Sets of jobs that features know by ids of their own. A feature that offers one as a filter of the jobs list adds it here. */
export const jobSets: Kit['jobSets'] = { errorGroup: findJobsOfGroup, incident: findAffectedJobs, failedAgain: findFailedAgain }
