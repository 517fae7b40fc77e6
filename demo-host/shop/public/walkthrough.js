const api = '/ops/jobs/api/v1'
const own = { accept: 'application/json', 'x-shop-walkthrough': '1' }

async function read(path) {
  const response = await fetch(path, { headers: own })
  return response.ok ? response.json() : undefined
}

async function lookAround() {
  const [visited, events, entry, retried] = await Promise.all([
    read('/walkthrough/visits'),
    read(`${api}/audit-events?eventType=cron.paused&outcome=succeeded&subjectType=cron_entry&subjectId=nightly_sync&limit=20`),
    read(`${api}/cron-entries/nightly_sync`),
    read(`${api}/audit-events?eventType=job.retried&outcome=succeeded&limit=1`),
  ])
  const visits = new Set(visited?.visits)
  const pauses = events?.items ?? []
  return {
    overview: { done: visits.has('overview') },
    cron: { done: visits.has('cron'), evidence: entry && `nightly_sync is ${entry.diagnosis === 'paused' ? 'paused' : 'not paused'} now.` },
    pause: { done: pauses.length > 0, evidence: pauses[0] && `${pauses[0].actor.label} paused it ${new Date(pauses[0].occurredAt).toLocaleString()}.` },
    waiting: { done: pauses.length > 0, evidence: pauses.length > 0 && countOf(pauses) },
    forensics: { done: visits.has('forensics') },
    audit: { done: visits.has('audit') },
    jobs: { done: (retried?.items.length ?? 0) > 0, evidence: retried?.items[0] && `${retried.items[0].actor.label} retried job ${retried.items[0].subject.id}.` },
    bridge: { done: visits.has('bridge') },
  }
}

function countOf(pauses) {
  return pauses.length === 1 ? 'One cron.paused event is on record.' : `${pauses.length} cron.paused events are on record, one for each pause.`
}

function show(steps) {
  for (const [id, { done, evidence }] of Object.entries(steps)) {
    const item = document.getElementById(`step-${id}`)
    if (!item) continue
    item.classList.toggle('done', done)
    item.querySelector('.tick').textContent = done ? 'done' : 'to do'
    item.querySelector('.evidence').textContent = evidence || ''
  }
  const all = Object.keys(steps).filter((id) => document.getElementById(`step-${id}`)).map((id) => steps[id])
  document.getElementById('progress').textContent = `${all.filter(({ done }) => done).length} of ${all.length} steps done.`
}

async function refresh() {
  try {
    show(await lookAround())
  } catch {
    document.getElementById('progress').textContent = 'The shop is not responding at the moment; this page keeps trying.'
  }
}

refresh()
setInterval(refresh, 5000)
new EventSource(`${api}/live`).addEventListener('hint', refresh)
document.addEventListener('visibilitychange', () => document.hidden || refresh())
