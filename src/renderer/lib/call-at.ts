/** Something that is to happen at an instant, however far away: a timer of the page holds 24.8 days at most. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** Calls once, at the instant or at once where it is past. Returns how to call it off. */
export function callAt(instant: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const wait = () => {
    const left = Math.max(0, instant - Date.now())
    timer = left > TIMER_MAX_MS ? setTimeout(wait, TIMER_MAX_MS) : setTimeout(run, left)
  }
  wait()
  return () => clearTimeout(timer)
}
