/**
 * When what was typed goes to the disk: whenever a field is left, and after two seconds where somebody stays in one.
 * One clock for the form, whatever it holds.
 */
export interface DraftClock {
  /** Something was typed. */
  changed(): void
  /** A field was left, or the window: what was typed is saved before anything else happens. */
  left(): void
  /** Nothing is due any more: it was saved, discarded or handed in. */
  stop(): void
}

const DRAFT_EVERY_MS = 2000

export function createDraftClock(save: () => void): DraftClock {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const saveNow = () => {
    stop()
    save()
  }
  return {
    changed: () => void (timer ??= setTimeout(saveNow, DRAFT_EVERY_MS)),
    // From field to field without a word typed there is nothing to save.
    left: () => {
      if (timer !== undefined) saveNow()
    },
    stop,
  }
}
