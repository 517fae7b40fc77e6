import type { TestProject } from 'vitest/node'
import { prepareTemplate } from './template.ts'
import { startTemporaryCluster } from './temporary-cluster.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The database `postgres` of the run's server. */
    postgresUrl: string
  }
}

/** One PostgreSQL server for the whole run; each test file makes its own database in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startTemporaryCluster()
  try {
    await prepareTemplate(cluster)
  } catch (error) {
    await cluster.remove()
    throw error
  }
  project.provide('postgresUrl', cluster.url)
  return () => cluster.remove()
}
