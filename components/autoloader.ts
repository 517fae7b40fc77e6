/** Loads each element when it first appears on the page. */
const loaders: Record<string, () => Promise<unknown>> = {
  'ops-provider': () => import('./shell/ops-provider.ts'),
  'ops-shell': () => import('./shell/ops-shell.ts'),
  'ops-overview': () => import('./pages/ops-overview.ts'),
  'ops-jobs': () => import('./pages/ops-jobs.ts'),
  'ops-job': () => import('./pages/ops-job.ts'),
  'ops-incidents': () => import('./pages/ops-incidents.ts'),
  'ops-incident': () => import('./pages/ops-incident.ts'),
  'ops-queues': () => import('./pages/ops-queues.ts'),
  'ops-queue': () => import('./pages/ops-queue.ts'),
  'ops-errors': () => import('./pages/ops-errors.ts'),
  'ops-executors': () => import('./pages/ops-executors.ts'),
  'ops-cron': () => import('./pages/ops-cron.ts'),
  'ops-audit': () => import('./pages/ops-audit.ts'),
  'ops-forensics': () => import('./pages/ops-forensics.ts'),
  'ops-bridge': () => import('./pages/ops-bridge.ts'),
}

const selector = Object.keys(loaders)
  .map((name) => `${name}:not(:defined)`)
  .join()
const asked = new Set<string>()

/**
 * Loads the elements that are in `root` and those that appear in it later, until the returned function is called. The page itself is
 * followed from the start; call this with each shadow root of yours that contains our elements.
 */
export function discover(root: Document | DocumentFragment | Element): () => void {
  const observer = new MutationObserver((records) => {
    if (records.some(({ addedNodes }) => addedNodes.length > 0)) loadIn(root)
  })
  observer.observe(root, { childList: true, subtree: true })
  loadIn(root)
  return () => observer.disconnect()
}

function loadIn(root: ParentNode): void {
  for (const { localName } of root.querySelectorAll(selector)) {
    if (asked.has(localName)) continue
    asked.add(localName)
    loaders[localName]!().catch((error: Error) => {
      // The next one that appears on the page tries again.
      asked.delete(localName)
      // oxlint-disable-next-line no-console -- What is not defined cannot say it in the page.
      console.error(`<${localName}> could not be loaded: ${error.message}.`)
    })
  }
}

discover(document)
