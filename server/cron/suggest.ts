/** What was probably meant by a schedule that is not valid. Pure; `isValid` decides whether a guess is worth offering. */

const named: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
}

export function suggestExpression(given: string, isValid: (expression: string) => boolean): string | undefined {
  const text = given.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  return guesses(text).find((guess) => guess !== text && isValid(guess))
}

function guesses(text: string): string[] {
  return [...spoken(text), ...repaired(text)]
}

/** `@daily`, `every 5 minutes`, `02:15`, `daily at 2 pm`. */
function* spoken(text: string): Generator<string> {
  if (Object.hasOwn(named, text)) yield named[text]!
  const [, step = '1', unit] = /^every (?:(\d{1,2}) )?(minute|hour|day)s?$/.exec(text) ?? []
  if (unit === 'minute') yield step === '1' ? '* * * * *' : `*/${step} * * * *`
  if (unit === 'hour') yield step === '1' ? '0 * * * *' : `0 */${step} * * *`
  if (unit === 'day') yield step === '1' ? '0 0 * * *' : `0 0 */${step} * *`
  const [, hour, minute = '0', half] = /^(?:(?:every day|daily) )?(?:at )?(\d{1,2})(?:[:.](\d\d))? ?(am|pm)?$/.exec(text) ?? []
  if (hour) yield `${Number(minute)} ${half ? (Number(hour) % 12) + (half === 'pm' ? 12 : 0) : Number(hour)} * * *`
}

/** Five fields with one slip in them, or one field too many or too few. */
function* repaired(text: string): Generator<string> {
  const fields = text.split(' ')
  if (fields.length === 6 && fields[0] === '0') yield repair(fields.slice(1))
  if (fields.length === 6) yield repair(fields.slice(0, 5))
  if (fields.length === 7 && fields[0] === '0') yield repair(fields.slice(1, 6))
  if (fields.length === 5) yield repair(fields)
  if (fields.length > 1 && fields.length < 5) yield repair([...fields, ...Array.from({ length: 5 - fields.length }, () => '*')])
}

function repair(fields: string[]): string {
  const [minute, hour, ...days] = fields.map((field) => field.replaceAll('?', '*').replaceAll(/(^|,)(\d+)\/(\d+)/g, '$1*/$3').replace(/^,+|,+$/g, ''))
  const named = days.map((day) => day.replaceAll(/\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*day\b/g, '$1'))
  return [minute!.replace(/^60$/, '0').replace(/^\*\/60$/, '0'), hour!.replace(/^24$/, '0').replace(/^\*\/24$/, '0'), ...named].join(' ')
}

/** A city alone, or any spelling of a name that is nearly right. */
export function suggestTimezone(given: string): string | undefined {
  const wanted = given.trim().toLowerCase().replaceAll(/\s+/g, '_')
  if (wanted.length < 2) return undefined
  const zones = Intl.supportedValuesOf('timeZone')
  const city = (zone: string) => zone.slice(zone.lastIndexOf('/') + 1).toLowerCase()
  return zones.find((zone) => city(zone) === wanted) ?? (wanted.length < 3 ? undefined : zones.find((zone) => city(zone).startsWith(wanted)) ?? zones.find((zone) => zone.toLowerCase().startsWith(wanted)))
}
