import { equal } from './assert.ts'

/** What each file of the browser build has to bring along, beside what it loads when it is first needed; tested on the built files, which `npm run build` makes. */
const brought = {
  'ops-provider': ['ops-provider'],
  'ops-overview': ['ops-overview'],
  'ops-cron': ['ops-cron'],
  'ops-jobs': ['ops-jobs'],
  'ops-job': ['ops-job', 'ops-confirm', 'ops-time'],
  'ops-incidents': ['ops-incidents', 'ops-confirm'],
  'ops-queue': ['ops-queue', 'ops-confirm', 'ops-time'],
  'ops-incident': ['ops-incident', 'ops-confirm'],
  'ops-queues': ['ops-queues'],
  'ops-errors': ['ops-errors', 'ops-confirm'],
  'ops-executors': ['ops-executors'],
  'ops-audit': ['ops-audit'],
  'ops-forensics': ['ops-forensics', 'ops-confirm'],
  'ops-bridge': ['ops-bridge'],
  'ops-shell': ['ops-shell'],
}

describe('the browser build', () => {
  for (const [file, tags] of Object.entries(brought)) {
    it(`of ${file} defines everything it shows`, async () => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const page = frame.contentWindow as Window & typeof globalThis
      const script = Object.assign(page.document.createElement('script'), { type: 'module', src: `/dist/browser/${file}.js` })
      const ran = await new Promise((resolve) => {
        script.addEventListener('load', () => resolve(true))
        script.addEventListener('error', () => resolve(false))
        page.document.body.append(script)
      })
      equal(ran, true, `dist/browser/${file}.js loaded (npm run build makes it)`)
      const missing = tags.filter((tag) => !page.customElements.get(tag))
      frame.remove()
      equal(missing, [], 'elements left out')
    })
  }
})
