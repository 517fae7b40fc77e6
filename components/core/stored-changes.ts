import { OwnChanges } from '../../schemas/own-changes.ts'

/** Shared by all pages of this browser, so that a page opened after a change shows it. */
export class StoredChanges extends OwnChanges {
  private readonly key: string

  constructor(api: string) {
    super()
    this.key = `ops-powertools after ${api}`
  }

  override get last(): string {
    try {
      return localStorage.getItem(this.key) ?? super.last
    } catch {
      return super.last
    }
  }

  protected override keep(after: string) {
    super.keep(after)
    try {
      localStorage.setItem(this.key, after)
    } catch {
      // no storage: then only this page knows
    }
  }
}
