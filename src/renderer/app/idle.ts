/** Tells the node that somebody is here, at most every twenty seconds; it locks when nobody is. */
import { node } from '../lib/node.ts'
import { session } from '../lib/session.ts'

const EVERY_MS = 20_000

export function keepAwake(): () => void {
  let last = 0
  const touched = (event: Event) => {
    if (event.timeStamp - last < EVERY_MS || session.now()?.state !== 'open') return
    last = event.timeStamp
    node.app.touched().catch(() => undefined)
  }
  // `keyup`, because the keys of an input method end at the door of keys (ui/keys.ts).
  const events = ['keydown', 'keyup', 'pointerdown', 'wheel', 'pointermove'] as const
  for (const name of events) window.addEventListener(name, touched, { passive: true, capture: true })
  return () => {
    for (const name of events) window.removeEventListener(name, touched, { capture: true })
  }
}
