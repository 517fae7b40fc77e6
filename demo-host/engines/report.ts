/** Limits error output to one line a minute, because during a database outage every loop fails every second. */
export function reportEveryMinute(name: string): (error: Error) => void {
  let silentUntil = 0
  return (error) => {
    if (Date.now() < silentUntil) return
    silentUntil = Date.now() + 60_000
    console.error(`${name}: ${error.message}`)
  }
}
