/**
 * How a contract is written: a service is a value made of zod schemas, everything else is inferred from it (ADR-0004).
 * The kit knows callers and answers, not transports, so the window, a work place and the command line can share it.
 */
import type { z } from 'zod'

export interface Method {
  readonly input: z.ZodType
  readonly output: z.ZodType
}
export type Service = Readonly<Record<string, Method>>
export type EventMap = Readonly<Record<string, z.ZodType>>

/** What main implements for a service: takes parsed input, answers what the schema would accept. */
export type Handlers<S extends Service> = {
  [M in keyof S]: (input: z.output<S[M]['input']>) => Promise<z.input<S[M]['output']>>
}

/** What a caller sees of a service. */
export type Client<S extends Service> = {
  [M in keyof S]: (input: z.input<S[M]['input']>) => Promise<z.output<S[M]['output']>>
}

/** Sends an event to whoever listens. */
export type Emit<E extends Readonly<Record<string, EventMap>>> = <
  S extends keyof E & string,
  K extends keyof E[S] & string,
>(
  service: S,
  event: K,
  payload: z.input<E[S][K]>,
) => void

/** How an answer travels: a failure is data, never a message text to be parsed. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: { code: string; detail?: unknown } }
