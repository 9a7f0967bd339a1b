/** Where the window is: `#/room/part/part`. The hash keeps back, forward and reload for free. */
import { useSyncExternalStore } from 'react'

export interface Place {
  /** First part of the path; empty on the home page. */
  readonly room: string
  readonly parts: readonly string[]
}

/** Reads a location hash; broken escapes lead home rather than nowhere. */
export function parsePlace(hash: string): Place {
  try {
    const parts = hash
      .replace(/^#?\/?/, '')
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    return { room: parts[0] ?? '', parts: parts.slice(1) }
  } catch {
    return { room: '', parts: [] }
  }
}

export const formatPlace = (room: string, ...parts: readonly (string | number)[]): string =>
  `#/${[room, ...parts.map((part) => encodeURIComponent(String(part)))].filter((part) => part !== '').join('/')}`

let lastHash: string | undefined
let lastPlace: Place = { room: '', parts: [] }
function placeNow(): Place {
  if (window.location.hash !== lastHash) {
    lastHash = window.location.hash
    lastPlace = parsePlace(lastHash)
  }
  return lastPlace
}
function subscribe(changed: () => void) {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export const usePlace = (): Place => useSyncExternalStore(subscribe, placeNow)

export function go(room: string, ...parts: readonly (string | number)[]): void {
  window.location.hash = formatPlace(room, ...parts)
}

/** Changes the place without a step in the history, e.g. while moving through a list. */
export function replacePlace(room: string, ...parts: readonly (string | number)[]): void {
  window.history.replaceState(null, '', formatPlace(room, ...parts))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
