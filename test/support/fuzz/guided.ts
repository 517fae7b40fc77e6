import type { Random } from './random.ts'
import type { Known } from './values.ts'

const subjects: Record<string, { kind: string; actions: readonly string[] }> = {
  cron_entry: { kind: 'entry', actions: ['pause_cron_entry', 'resume_cron_entry', 'run_cron_entry', 'skip_cron_slot', 'unskip_cron_slot', 'create_cron_entry', 'update_cron_entry', 'delete_cron_entry'] },
  job: { kind: 'job', actions: ['retry_job', 'cancel_job', 'discard_job', 'rescue_job', 'restore_job'] },
  incident: { kind: 'uuid', actions: ['acknowledge_incident', 'unacknowledge_incident', 'assign_incident', 'note_incident', 'silence_incident', 'unsilence_incident'] },
  queue: { kind: 'queue', actions: ['pause_queue', 'resume_queue', 'scale_queue'] },
  deploy: { kind: 'deploy', actions: ['mark_deploy'] },
}

/** Bodies that mean something, because chance alone hardly ever names an action, its subject and its input together. */
export function guidedBody(name: string, random: Random, known: Known): Record<string, unknown> | undefined {
  if (name === 'executePreview') return { reason: 'the mail server is back' }
  if (name !== 'createPreview' && name !== 'runOperation') return undefined
  const type = random.pick(Object.keys(subjects))
  const { kind, actions } = subjects[type]!
  const action = random.pick(actions)
  const about = type === 'job' && random.chance(0.4) ? { selection: selection(random, known) } : { subject: { type, id: subjectId(action, kind, random, known) } }
  return { action, ...about, input: inputOf(action, random, known), ...(name === 'runOperation' && { reason: 'the mail server is back' }) }
}

function subjectId(action: string, kind: string, random: Random, known: Known): string {
  return action === 'create_cron_entry' || !known.of(kind).length ? `made-${random.below(12)}` : random.pick(known.of(kind))
}

function selection(random: Random, known: Known): Record<string, unknown> {
  const queues = known.of('queue')
  switch (random.below(3)) {
    case 0: return { ids: Array.from({ length: 1 + random.below(5) }, () => random.pick(known.of('job')) ?? 'x') }
    case 1: return { filter: { state: random.pick(['available', 'retryable', 'discarded', 'completed', 'executing']), ...(queues.length && { queue: random.pick(queues) }) } }
    default: return { bulk: random.pick([...known.of('bulk'), crypto.randomUUID()]) }
  }
}

function inputOf(action: string, random: Random, known: Known): Record<string, unknown> {
  const queue = random.pick(known.of('queue')) ?? 'mail'
  if (action === 'create_cron_entry') return { queue, expression: random.pick(['0 3 * * *', '*/5 * * * *']), worker: 'Shop.Mailer', args: { from: 'the fuzz' } }
  if (action === 'update_cron_entry') return { expression: `${random.below(60)} 4 * * *` }
  if (action === 'skip_cron_slot' || action === 'unskip_cron_slot') return { slotAt: new Date(Date.UTC(2027, 0, 1 + random.below(300), 2)).toISOString() }
  if (action === 'mark_deploy' && random.chance(0.5)) return { at: new Date(Date.now() - random.below(1e9)).toISOString(), url: 'https://ci.example.com/412' }
  if (action === 'silence_incident') return { untilCount: 1 + random.below(1_000) }
  if (action === 'scale_queue') return { limit: 1 + random.below(10) }
  if (action === 'pause_cron_entry' && random.chance(0.5)) return { resumeAt: new Date(Date.now() + random.below(1e9) + 60_000).toISOString() }
  return {}
}

/** A preview's id with its own token, as an answer gave them together. */
export function guidedPreview(random: Random, known: Known): { id: string; token: string } | undefined {
  const pairs = known.of('preview')
  if (!pairs.length) return undefined
  const [id, token] = random.pick(pairs).split(' ')
  return { id: id!, token: token! }
}
