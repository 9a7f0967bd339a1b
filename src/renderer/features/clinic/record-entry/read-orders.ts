/** Rows of medicines as prescriptions. Pure. */
import { readFrequency } from '../../../../shared/domain/dosing.ts'
import type { Code, Prescription } from '../../../../shared/domain/visit.ts'
import type { LocalRule } from '../../../words/findings.ts'
import { isBlankRow, type MedicineRow, type VisitForm } from './form.ts'
import { usualDoseMissed } from './odd-dose.ts'
import { fold, parseTypedNumber } from './typed.ts'

export interface OrderTools {
  problem(field: string, rule: LocalRule, params: Record<string, string>): void
  /** What is taken as it is written once a person has said that it is right. */
  question(field: string, path: string, rule: LocalRule, params: Record<string, string>): void
  day(field: string, text: string): string
  whole(field: string, text: string): number | undefined
  plainNumber(field: string, text: string): string | undefined
  limited(field: string, text: string, limit: number): string | undefined
  code(row: MedicineRow): Code | null
  /** Which field a row of the record came from. */
  place(path: string, field: string): void
  readonly admissionDay: string
}

const ATC = /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/

export function readOrders(form: VisitForm, tools: OrderTools): Prescription[] {
  const { problem, question, day, whole, plainNumber, limited } = tools
  const prescriptions: Prescription[] = []
  for (const row of form.medicines) {
    if (isBlankRow.medicines(row)) continue
    const field = `medicines.${row.id}`
    const code = tools.code(row)
    if (code === null) {
      problem(`${field}.code`, 'medicine-missing', {})
      continue
    }
    const path = `prescriptions.${prescriptions.length}`
    const dose = row.dose.trim() === '' ? null : parseTypedNumber(row.dose)
    if (row.dose.trim() !== '' && dose === null) problem(`${field}.dose`, 'not-a-number', { value: row.dose })
    const text = limited(`${field}.text`, row.text, 2000)
    const start = day(`${field}.start`, row.start) || tools.admissionDay
    const end = day(`${field}.end`, row.end)
    const daysSupply = whole(`${field}.days`, row.days)
    const refills = whole(`${field}.refills`, row.refills)
    const quantity = plainNumber(`${field}.quantity`, row.quantity)
    const perDay = plainNumber(`${field}.perDay`, row.perDay)
    const unit = (dose?.unitTyped ?? row.unit).trim().slice(0, 64)
    const usual = dose === null ? null : usualDoseMissed(row.usual, dose.value, unit)
    if (dose !== null && usual !== null)
      question(`${field}.dose`, `${path}.dose`, 'dose-differs-from-usual', {
        name: code.display ?? code.code,
        value: `${dose.value} ${unit}`.trim(),
        limit: usual,
      })
    const typed = limited(`${field}.frequency`, fold(row.frequency), 64)
    const known = typed === undefined ? null : readFrequency(typed)
    if (typed !== undefined && known === null)
      question(`${field}.frequency`, `${path}.frequency`, 'frequency-unlisted', { value: typed })
    const frequency = known?.code ?? typed
    tools.place(path, field)
    prescriptions.push({
      code,
      sourceCodings: [],
      ...(ATC.test(code.code) ? { ingredientAtc: code.code } : {}),
      ...(dose ? { dose: { value: dose.value, ...(unit === '' ? {} : { unit }) } } : {}),
      ...(perDay === undefined ? {} : { perDay }),
      ...(row.asNeeded ? { asNeeded: true } : {}),
      ...(frequency === undefined ? {} : { frequency }),
      ...(row.route === '' ? {} : { route: row.route }),
      ...(start === '' ? {} : { start }),
      ...(daysSupply === undefined || daysSupply < 1 ? {} : { daysSupply: Math.min(daysSupply, 3650) }),
      ...(end === '' ? {} : { end }),
      ...(quantity === undefined ? {} : { quantity }),
      ...(refills === undefined ? {} : { refills: Math.min(refills, 99) }),
      status: row.status,
      intent: 'order',
      ...(text === undefined ? {} : { text }),
    })
  }
  return prescriptions
}
