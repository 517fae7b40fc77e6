/** The presence of this process among the executors. */
export interface Attendance {
  /** Identifies this process among the executors. */
  readonly id: string
  /** Signs off, in a few seconds at most. The engine's own workers call it when they have stopped. */
  stop(): Promise<void>
}
