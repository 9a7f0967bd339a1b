/**
 * Keys, safe for input methods, and the order of fields. While a Zhuyin or Pinyin word is being composed, every key belongs
 * to it: Enter takes the word, arrows choose among candidates, Escape drops them.
 */

/** True while the input method owns the key; 229 is what Chromium reports for such keys. */
const isComposing = (event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean =>
  event.isComposing || event.keyCode === 229

/**
 * The one door for keys: what an input method owns goes to nobody here. Opened at the window before anything is drawn, so that
 * no list, form or dialog, ours or a library's, has to think of it; text comes by `input` as ever, and `keyup` is let through.
 */
export function leaveComposingKeys(window: EventTarget): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (isComposing(event as KeyboardEvent)) event.stopImmediatePropagation()
    },
    { capture: true },
  )
}

/**
 * The letter or digit of a chord with Alt. On a Mac that key types another character (`Alt+5` is `∞`, `Alt+N` waits for a letter to
 * put a tilde on): what counts there is the key itself.
 */
export function letterOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  if (/^[a-z0-9]$/i.test(key)) return key.toLowerCase()
  return (/^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] ?? '').toLowerCase()
}

/** True where a single printing key is text and must never be a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

const FIELDS =
  'input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled]), [data-step]:not([disabled])'

/** Fields of a form in reading order that can be reached now. */
export const fieldsOf = (form: HTMLElement): HTMLElement[] =>
  [...form.querySelectorAll<HTMLElement>(FIELDS)].filter(
    (field) => field.tabIndex >= 0 && field.getClientRects().length > 0,
  )

/** After the next drawing, when the fields know what is wrong with them: to the first that is. */
export function focusInvalid(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}

/** Moves the focus by `step` fields from the focused one; answers whether there was one. */
export function moveFocus(form: HTMLElement, step: 1 | -1): boolean {
  const fields = fieldsOf(form)
  const here = fields.indexOf(document.activeElement as HTMLElement)
  const next = fields[here + step]
  if (here < 0 || !next) return false
  next.focus()
  if (next instanceof HTMLInputElement && next.type !== 'checkbox') next.select()
  return true
}
