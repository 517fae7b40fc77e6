/** The chapters of the documentation site. A guide in `docs/` that is not named here is added to the last chapter. */
export const chapters: readonly { title: string; guides: readonly string[] }[] = [
  { title: 'Start', guides: ['README.md', 'docs/installation.md', 'docs/first-operator-session.md'] },
  { title: 'Servers', guides: ['docs/hosts/README.md', 'docs/hosts/koa.md', 'docs/hosts/express.md', 'docs/hosts/fastify.md', 'docs/hosts/hono.md', 'docs/hosts/nestjs.md', 'docs/hosts/next.md', 'docs/hosts/sveltekit.md', 'docs/hosts/node.md'] },
  { title: 'Pages', guides: ['docs/elements.md', 'docs/hosts/html.md', 'docs/hosts/react.md', 'docs/hosts/vue.md', 'docs/hosts/svelte.md', 'docs/hosts/angular.md', 'docs/hosts/phoenix.md', 'docs/hosts/rails.md', 'docs/hosts/react-admin.md'] },
  { title: 'Operate', guides: ['docs/jobs-and-queues.md', 'docs/cron.md', 'docs/incidents.md', 'docs/errors.md', 'docs/diagnosis.md', 'docs/evidence.md', 'docs/workers.md'] },
  { title: 'Reference', guides: ['docs/api.md', 'docs/seams.md', 'docs/engines.md', 'docs/webhooks.md', 'docs/metrics.md'] },
  { title: 'Run it', guides: ['docs/security.md', 'docs/upgrades.md', 'docs/scaling.md', 'docs/troubleshooting.md', 'CHANGELOG.md', 'docs/contributing.md'] },
]

/** Shorter than the heading of the guide. */
export const shortTitles: Readonly<Record<string, string>> = {
  'README.md': 'Start here',
  'docs/hosts/README.md': 'All servers',
  'docs/elements.md': 'Elements',
  'docs/hosts/node.md': "Node's own server",
  'docs/contributing.md': 'Contributing',
  'docs/installation.md': 'Installation',
  'docs/first-operator-session.md': 'First session',
}
