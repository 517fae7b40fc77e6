import { existsSync } from 'node:fs'
import { arch, platform } from 'node:os'

export interface Browser {
  executablePath: string
  args: string[]
}

/** `CHROME_PATH`, else an installed Chrome, Chromium or Edge, else the one that comes as an npm package (Linux x64). */
export async function findBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  if (env.CHROME_PATH) return { executablePath: existing(env.CHROME_PATH), args: quietArgs() }
  const installed = usualPlaces().find((path) => existsSync(path))
  return installed ? { executablePath: installed, args: quietArgs() } : packagedBrowser()
}

/**
 * The Chromium of `@sparticuz/chromium`; unpacked on first use. Of its own arguments only those that it cannot start
 * without: the others are for another kind of place, and put every page into one process without web security.
 */
export async function packagedBrowser(): Promise<Browser> {
  if (platform() !== 'linux' || arch() !== 'x64') {
    throw new Error('No browser found: install Chrome, Chromium or Edge, or set CHROME_PATH to one.')
  }
  const { default: chromium } = await import('@sparticuz/chromium')
  return { executablePath: await chromium.executablePath(), args: ['--no-sandbox', '--disable-setuid-sandbox', '--no-zygote', ...quietArgs()] }
}

function existing(path: string): string {
  if (!existsSync(path)) throw new Error(`CHROME_PATH is ${path}, but there is no such file.`)
  return path
}

function usualPlaces(): string[] {
  if (platform() === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
      ['', process.env.HOME ?? ''].map((home) => `${home}/Applications/${name}.app/Contents/MacOS/${name}`),
    )
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable', 'microsoft-edge']
  return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => `${folder}/${name}`))
}

/** Root has no user namespace to build a sandbox with; the rest keeps a test browser from calling home. */
function quietArgs(): string[] {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [
    ...root,
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
}
