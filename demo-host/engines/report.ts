/** A database that is gone makes every loop fail every second; one line a minute says the same. */
export function reportEveryMinute(name: string): (error: Error) => void {
  let silentUntil = 0
  return (error) => {
    if (Date.now() < silentUntil) return
    silentUntil = Date.now() + 60_000
    console.error(`${name}: ${error.message}`)
  }
}
