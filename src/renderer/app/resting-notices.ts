/**
 * Notices go by themselves, and wait while somebody points at one to read it. A mouse that merely lies where a notice appears reads nothing: on
 * it the notice would stay for as long as nobody moves.
 */
import { notifications, notificationsStore } from '@mantine/notifications'

/** How long a notice stays that does not say so itself. */
export const NOTICE_MS = 6_000
/** So much after its time somebody looks whether it went. */
const LATER_MS = 500

/** @param movedAt when the mouse was last moved; null: never since the window opened */
export const isHeldByRest = (shownAt: number, movedAt: number | null, isUnderMouse: boolean): boolean =>
  isUnderMouse && (movedAt === null || movedAt <= shownAt)

/** Until what it returns is called. */
export function releaseRestingNotices(): () => void {
  const timers = new Map<string, number>()
  let movedAt: number | null = null
  const moved = (event: PointerEvent) => {
    // Something that appears under a resting mouse makes such an event too, of no distance.
    if (event.movementX !== 0 || event.movementY !== 0) movedAt = event.timeStamp
  }
  const look = () => {
    const shown = new Map(notificationsStore.getState().notifications.map((each) => [each.id, each]))
    for (const [id, timer] of timers)
      if (!shown.has(id)) {
        window.clearTimeout(timer)
        timers.delete(id)
      }
    for (const [id, { autoClose }] of shown) {
      if (id === undefined || timers.has(id) || autoClose === false) continue
      const shownAt = performance.now()
      const stays = typeof autoClose === 'number' ? autoClose : NOTICE_MS
      const later = () => {
        const isUnderMouse = document.getElementById(id)?.matches(':hover') === true
        if (isHeldByRest(shownAt, movedAt, isUnderMouse)) notifications.hide(id)
      }
      timers.set(id, window.setTimeout(later, stays + LATER_MS))
    }
  }
  window.addEventListener('pointermove', moved, { capture: true, passive: true })
  const stop = notificationsStore.subscribe(look)
  return () => {
    stop()
    window.removeEventListener('pointermove', moved, { capture: true })
    for (const timer of timers.values()) window.clearTimeout(timer)
  }
}
