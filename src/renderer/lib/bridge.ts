/** What the preload puts on the window: the contract as functions, the events, and the path of a dropped file. */
import type { Contract, Events } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import type { z } from 'zod'

export type BridgeServices = {
  readonly [S in keyof Contract]: {
    readonly [M in keyof Contract[S]]: (input?: unknown) => Promise<Reply<unknown>>
  }
}

export type Payload<S extends keyof Events, K extends keyof Events[S]> = Events[S][K] extends z.ZodType
  ? z.output<Events[S][K]>
  : never

export type Bridge = BridgeServices & {
  /** Calls `listener` for each event until the returned function is called. */
  on(service: string, event: string, listener: (payload: never) => void): () => void
  /** The path on disk of a file that was dropped on the window. */
  pathForFile(file: File): string
}

declare global {
  interface Window {
    readonly consilium: Bridge
  }
}
