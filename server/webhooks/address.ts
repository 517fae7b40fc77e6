import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

export interface Address {
  address: string
  family: number
}

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true })

/** The address to connect to, and no other: a second look at the name could give another answer. */
export async function findAddress(hostname: string, resolve: Resolve, allowPrivate: boolean): Promise<Address | 'unresolved' | 'private_address'> {
  const found = await listAddresses(hostname, resolve)
  const [first] = found
  if (!first) return 'unresolved'
  // One private address among public ones is as suspicious as one alone.
  if (!allowPrivate && !found.every(({ address }) => isPublic(address))) return 'private_address'
  return first
}

async function listAddresses(hostname: string, resolve: Resolve): Promise<readonly Address[]> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(literal)
  if (family) return [{ address: literal, family }]
  const found = await resolve(hostname).catch(() => [])
  return found.flatMap(({ address }) => (isIP(address) ? [{ address, family: isIP(address) }] : []))
}

/**
 * Whether an address belongs to the public internet. By the registries of special-purpose addresses (RFC 6890 and its successors):
 * private networks, this machine, its neighbours, the metadata services of clouds, documentation, tests and multicast do not.
 */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !specialV4.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  const embedded = embeddedV4(address)
  if (embedded !== undefined) return isPublic(embedded)
  return globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}

const specialV4 = blockList('ipv4', [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
])

/** All public addresses are in here; the rest of the space is special or unused. */
const globalV6 = blockList('ipv6', ['2000::/3'])
/** Protocol assignments with Teredo, documentation, and 6to4, which reaches an IPv4 address through any relay. */
const specialV6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'])

function blockList(family: 'ipv4' | 'ipv6', subnets: string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net, prefix] = subnet.split('/') as [string, string]
    list.addSubnet(net, Number(prefix), family)
  }
  return list
}

/** The version 4 address inside a mapped (`::ffff:a.b.c.d`) or translated (`64:ff9b::a.b.c.d`) one, however it is written. */
function embeddedV4(address: string): string | undefined {
  // The URL parser returns the canonical form.
  const groups = expand(new URL(`http://[${address}]/`).hostname.slice(1, -1))
  const prefix = groups.slice(0, 6).join(':')
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return undefined
  return groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]).join('.')
}

function expand(canonical: string): string[] {
  const [head = '', tail] = canonical.split('::')
  const before = head.split(':').filter(Boolean)
  if (tail === undefined) return before
  const after = tail.split(':').filter(Boolean)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
}
