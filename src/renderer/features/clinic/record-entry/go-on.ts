/** Moving through the form by Enter, by section and by problem. */
import { fieldsOf } from '../../../ui/keys.ts'
import { scrollToTop } from '../../../ui/scroll-to-top.ts'

export const FORM_ID = 'visit-form'

const form = () => document.getElementById(FORM_ID)
const fieldElement = (field: string): HTMLElement | null =>
  form()?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`) ?? null

/**
 * From the field with this name to the next that Enter stops at. In a microtask: after React has drawn what the last choice
 * made appear, and before the next key, which would else be typed into the field that is done.
 */
export function goOn(field: string): void {
  queueMicrotask(() => {
    const here = fieldElement(field)
    if (here) stepFrom(here, 1)
  })
}

export function stepFrom(here: HTMLElement, step: 1 | -1): boolean {
  const root = form()
  if (!root) return false
  const fields = fieldsOf(root)
  let at = fields.indexOf(here) + step
  while (fields[at]?.dataset['enter'] === 'skip') at += step
  const next = fields[at]
  if (!next) return false
  focusField(next)
  return true
}

/** From an empty row's first field, Enter leaves the list: to the first field of the next section. */
export function leaveSection(here: HTMLElement): boolean {
  const section = here.closest('fieldset')?.nextElementSibling
  return section instanceof HTMLElement && focusFirst(section)
}

function focusField(field: HTMLElement): void {
  field.focus()
  if (field instanceof HTMLInputElement && field.type === 'text') field.select()
}

function focusFirst(section: HTMLElement): boolean {
  const first = fieldsOf(section).find((field) => field.dataset['enter'] !== 'skip') ?? fieldsOf(section)[0]
  if (!first) return false
  scrollToTop(section)
  focusField(first)
  return true
}

export const sectionId = (section: number): string => `visit-section-${section}`

export function goToSection(section: number): void {
  const element = document.getElementById(sectionId(section))
  // Who it is of has no field, only what can be done about it.
  if (element && !focusFirst(element)) element.querySelector('button')?.focus()
}

/** Answers whether the field is there to be gone to. */
export function goToField(field: string): boolean {
  const element =
    fieldElement(field) ?? form()?.querySelector<HTMLElement>(`[data-field^="${CSS.escape(field)}"]`)
  if (element) focusField(element)
  return element != null
}

/** To the blank row at the end of the section where the focus is, or where this field lies. */
export function goToSpareRow(field?: string): void {
  const here =
    field === undefined
      ? document.activeElement
      : form()?.querySelector(`[data-field^="${CSS.escape(field)}"]`)
  const section = here?.closest('fieldset')
  const rows = section?.querySelectorAll<HTMLElement>('[data-row]')
  const last = rows?.[rows.length - 1]
  if (last) focusFirst(last)
}
