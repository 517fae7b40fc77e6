import { expect, test } from 'vitest'
import { findAddress, isPublic, type Resolve } from '../../../server/webhooks/address.ts'

const publicOnes = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '169.253.1.1', '192.0.1.1', '198.17.0.1', '198.20.0.1', '223.255.255.255',
  '2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8', '2001:200::1']

const privateOnes = ['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.1.2.3', '169.254.169.254', '169.254.0.1', '172.16.0.1', '172.31.255.255',
  '192.0.0.1', '192.0.2.1', '192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '192.88.99.1',
  '::', '::1', '::2', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:c0a8:1', '::127.0.0.1', '::ffff:0:127.0.0.1',
  'fc00::1', 'fd00:ec2::254', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '64:ff9b::127.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '100::1', '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1', '2002:7f00:1::', '2002:a00:1::1', '3fff::1', '4000::1', '5f00::1', 'not an address', '127.1', '']

test.each(publicOnes)('%s is public', (address) => expect(isPublic(address)).toBe(true))
test.each(privateOnes)('%s is not', (address) => expect(isPublic(address)).toBe(false))

/** Every spelling that the parser of addresses knows for this machine and the metadata service. */
test.each(['http://127.0.0.1', 'http://0x7f.1', 'http://2130706433', 'http://0177.0.0.1', 'http://127.1', 'http://[::1]', 'http://[::ffff:127.0.0.1]', 'http://[0:0:0:0:0:ffff:7f00:1]', 'http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://0'])(
  '%s is refused without asking anybody for a name',
  async (url) => {
    const resolve: Resolve = () => Promise.reject(new Error('nobody is to be asked'))
    expect(await findAddress(new URL(url).hostname, resolve, false)).toBe('private_address')
  },
)

const answering = (...addresses: string[]): Resolve => async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

test('a name is refused if any of its addresses is private', async () => {
  expect(await findAddress('a.example', answering('8.8.8.8', '10.0.0.1'), false)).toBe('private_address')
  expect(await findAddress('a.example', answering('8.8.8.8', '::ffff:127.0.0.1'), false)).toBe('private_address')
})

test('the address that was checked is returned, to be the one connected to', async () => {
  expect(await findAddress('a.example', answering('8.8.8.8'), false)).toEqual({ address: '8.8.8.8', family: 4 })
})

test('a name without addresses, or with an answer that is none, is not found', async () => {
  expect(await findAddress('a.example', answering(), false)).toBe('unresolved')
  expect(await findAddress('a.example', answering('localhost'), false)).toBe('unresolved')
  expect(await findAddress('a.example', () => Promise.reject(new Error('ENOTFOUND')), false)).toBe('unresolved')
})

test('private addresses are found where they are allowed', async () => {
  expect(await findAddress('a.example', answering('10.0.0.1'), true)).toEqual({ address: '10.0.0.1', family: 4 })
})
