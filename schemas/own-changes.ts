/**
 * In the answers to changes and in the live stream, if lists are read from a replica. Sent with a later request, it makes the answer
 * include the change.
 */
export const ownChangesHeader = 'ops-after'

/** What was changed or heard of last. The texts start with the time, so the greatest is the latest. */
export class OwnChanges {
  private known = ''

  get last(): string {
    return this.known
  }

  note(after: string | null | undefined): void {
    if (after && after > this.last) this.keep(after)
  }

  protected keep(after: string): void {
    this.known = after
  }
}
