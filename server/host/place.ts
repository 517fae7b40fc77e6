/** Where the server answers, and where browsers find it. */
export interface Place {
  /** The path below which requests arrive, e.g. `/ops/jobs`. */
  readonly mount: string
  /** The path below which browsers find it: links, assets and redirects lead there. Differs from `mount` behind a proxy that strips a prefix. */
  readonly base: string
  /** The scheme, host and port that browsers use, if the host stated them, e.g. `https://admin.example.com`. */
  readonly origin?: string
}

/**
 * The host's `base` and `publicBase`, checked.
 *
 * @throws Error which says what was given and what was expected
 */
export function parsePlace(base: string = '/ops/jobs', publicBase?: string): Place {
  if (!isPath(base)) throw new Error(`createOps: 'base' is '${base}'; expected a path such as /ops/jobs, without a trailing slash.`)
  if (publicBase === undefined) return { mount: base, base }
  if (isPath(publicBase)) return { mount: base, base: publicBase }
  const url = URL.parse(publicBase)
  const whole = url && /^https?:$/.test(url.protocol) && publicBase === url.origin + url.pathname && isPath(url.pathname)
  if (!whole) {
    throw new Error(
      `createOps: 'publicBase' is '${publicBase}'; expected the path that browsers use, such as /tools/ops/jobs, or the whole address, such as https://admin.example.com/tools/ops/jobs, without a trailing slash.`,
    )
  }
  return { mount: base, base: url.pathname, origin: url.origin }
}

function isPath(text: string): boolean {
  return typeof text === 'string' && /^(\/[\w.~-]+)+$/.test(text)
}

/** What a path is below a base: empty or beginning with a slash; undefined if it is not below it. */
export function belowBase(path: string, base: string): string | undefined {
  if (path !== base && !path.startsWith(`${base}/`)) return undefined
  return path.slice(base.length)
}

/** What a path is below the mount or the public base, whichever it is under; undefined if it is below neither. */
export function belowPlace(path: string, { mount, base }: Place): string | undefined {
  return belowBase(path, mount) ?? belowBase(path, base)
}
