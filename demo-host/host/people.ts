export type Role = 'ops' | 'viewer' | 'support'

/** An employee of the shop. This is the `Actor` that the operations layer passes back unread. */
export interface Person {
  name: string
  role: Role
}

/** A real host would use a table with password hashes or an identity provider. */
export const people: readonly Person[] = [
  { name: 'ops-demo', role: 'ops' },
  { name: 'viewer-demo', role: 'viewer' },
  { name: 'support-demo', role: 'support' },
]

export const roleSummaries: Record<Role, string> = {
  ops: 'may see and do everything',
  viewer: 'sees every page, changes nothing',
  support: 'sees cron, audit, customer jobs; redacted',
}

export function findPerson(name: string): Person | undefined {
  return people.find((person) => person.name === name)
}

/** Demo only: a real host issues secret tokens. */
export function bearerToken(person: Person): string {
  return `demo-${person.name}`
}

export function findByBearerToken(token: string): Person | undefined {
  return people.find((person) => bearerToken(person) === token)
}
