/** Asking the node from a component. What the node knows is asked for and asked again, never copied into a store. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Events } from '../../shared/contract/index.ts'
import type { Payload } from './bridge.ts'
import { failureCode, listen } from './node.ts'

export interface Asked<T> {
  /** The last answer; stays while a newer one is asked for, so that nothing jumps. */
  readonly value: T | undefined
  /** Code of the failure of the last asking. */
  readonly failure: string | undefined
  readonly isAsking: boolean
  readonly again: () => void
}

type EventName = { [S in keyof Events & string]: `${S}.${keyof Events[S] & string}` }[keyof Events & string]

/**
 * Asks at once, again when `deps` change, and again after each event of `refreshOn` (at most every 250 ms).
 * An answer that was overtaken by a later question is dropped.
 */
export function useAsk<T>(
  ask: () => Promise<T>,
  deps: readonly unknown[],
  refreshOn: readonly EventName[] = [],
): Asked<T> {
  const [state, setState] = useState<{ value?: T; failure?: string; isAsking: boolean }>({ isAsking: true })
  const latest = useRef(ask)
  latest.current = ask
  const question = useRef(0)

  const again = useCallback(() => {
    const mine = ++question.current
    setState((before) => (before.isAsking ? before : { ...before, isAsking: true }))
    latest.current().then(
      (value) => {
        if (mine === question.current) setState({ value, isAsking: false })
      },
      (error: unknown) => {
        if (mine === question.current)
          setState((before) => ({ ...before, failure: failureCode(error), isAsking: false }))
      },
    )
  }, [])

  useEffect(again, deps) // the caller names what the question depends on
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        again()
      }, 250)
    }
    const stops = refreshOn.map((name) => {
      const [service, event] = name.split('.') as ['node', 'statusChanged']
      return listen(service, event, soon)
    })
    // What was asked while the node of a work place was away.
    stops.push(listen('app', 'nodeBack', soon))
    return () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
      question.current++
    }
  }, [again, refreshOn.join(' ')])

  return { value: state.value, failure: state.failure, isAsking: state.isAsking, again }
}

const LOOK_EVERY_MS = 5_000

/** Asks again every few seconds, while there is something to wait for of which no event tells. */
export function useLookAgain(again: () => void, isWaiting: boolean): void {
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(again, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [again, isWaiting])
}

export interface Live<T> {
  readonly now: () => T | undefined
  readonly set: (value: T) => void
  readonly subscribe: (changed: () => void) => () => void
}

/** One value that the node announces whenever it changes: asked once, then kept by its event. */
export function live<S extends keyof Events & string, K extends keyof Events[S] & string>(
  service: S,
  event: K,
  ask: () => Promise<Payload<S, K>>,
): Live<Payload<S, K>> & { readonly refresh: () => Promise<void> } {
  type T = Payload<S, K>
  let value: T | undefined
  let isAsked = false
  const watchers = new Set<() => void>()
  const set = (next: T) => {
    value = next
    for (const watcher of watchers) watcher()
  }
  const refresh = async () => set(await ask())
  return {
    now: () => value,
    set,
    refresh,
    subscribe(changed) {
      if (!isAsked) {
        isAsked = true
        listen(service, event, set)
        refresh().catch(() => {
          isAsked = false
        })
      }
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
  }
}

export const useLive = <T>(source: Live<T>): T | undefined =>
  useSyncExternalStore(source.subscribe, source.now, source.now)
