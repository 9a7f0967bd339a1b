/** A person at the keyboard who is counted: each key, and each character of a word, is one stroke. No mouse. */
import type { Page } from '@playwright/test'

export interface Typist {
  readonly strokes: number
  /** Characters, one stroke each. */
  type(text: string): Promise<void>
  /** Keys or chords, one stroke each: `Enter`, `Control+Enter`. */
  press(...keys: string[]): Promise<void>
}

export function typistAt(page: Page): Typist {
  let strokes = 0
  return {
    get strokes() {
      return strokes
    },
    async type(text) {
      strokes += [...text].length
      await page.keyboard.type(text)
    },
    async press(...keys) {
      for (const key of keys) {
        strokes++
        await page.keyboard.press(key)
      }
    },
  }
}

/** Counts what the mouse does in the page from now on; nothing is what a keyboard needs. */
export async function watchMouse(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const watched = { count: 0 }
    Object.assign(window, { watchedMouse: watched })
    for (const name of ['pointerdown', 'mousedown', 'wheel'])
      window.addEventListener(name, () => watched.count++, { capture: true })
  })
  return () =>
    page.evaluate(() => (window as unknown as { watchedMouse: { count: number } }).watchedMouse.count)
}
