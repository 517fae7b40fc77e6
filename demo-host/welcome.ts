import type { ShopEngine } from './engines/engine.ts'
import { bearerToken, people, roleSummaries } from './host/people.ts'
import { stepsFor } from './shop/pages/walkthrough.ts'

interface Welcome {
  url: string
  /** Where the database is. */
  where: string
  engine: string
  dashboard?: ShopEngine['dashboard']
  /** Whether faults are being injected. */
  trouble: boolean
}

/** The text the terminal shows once the shop is open. */
export function welcome({ url, where, engine, dashboard, trouble }: Welcome): string {
  const steps = stepsFor(dashboard)
  const width = Math.max(...people.map(({ name }) => name.length))
  return [
    '',
    `The shop is open at ${url}  (jobs by ${engine}; ${where})`,
    '',
    'Sign in with one of these names, without a password; scripts send the token as "Authorization: Bearer …":',
    ...people.map((person) => `  ${person.name.padEnd(width)}  ${roleSummaries[person.role].padEnd(42)}  ${bearerToken(person)}`),
    '',
    `Example walkthrough, also at ${url}/walkthrough:`,
    ...steps.map(({ title, href }, index) => `  ${index + 1}. ${title.padEnd(40)} ${url}${href}`),
    '',
    ...(trouble
      ? ['Three faults are on their way: mails fail since a deploy, nobody works on the queue report, and a job never ends.', `Within two minutes they are incidents: ${url}/ops/jobs`, '']
      : []),
    'Ctrl-C stops everything and keeps the data; "npm run demo -- --fresh" starts over with an empty database.',
    '',
  ].join('\n')
}
