/** A function key of a room: not where a dialog has the keys for itself. */
import { useEffect, useRef } from 'react'

export function useRoomKey(key: string, onPress: () => void): void {
  const latest = useRef(onPress)
  latest.current = onPress
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== key || event.altKey || event.defaultPrevented) return
      if (document.querySelector('[role=dialog]') !== null) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [key])
}
