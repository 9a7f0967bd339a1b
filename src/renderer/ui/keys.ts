/** Keys, safe for input methods: while a Zhuyin or Pinyin word is being composed, Enter and Escape belong to it. */
interface KeyLike {
  readonly key: string
  readonly keyCode?: number
  readonly isComposing?: boolean
  readonly nativeEvent?: { readonly isComposing?: boolean; readonly keyCode?: number }
}

/** True while the input method owns the key; 229 is what Chromium reports for such keys. */
export const isComposing = (event: KeyLike): boolean =>
  event.isComposing === true ||
  event.nativeEvent?.isComposing === true ||
  event.keyCode === 229 ||
  event.nativeEvent?.keyCode === 229

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
