/** What differs between two versions of a visit, field by field, for people who sign the newer one. Pure. */
import type { VisitInput } from '../contract/records.ts'

export type DiffSection =
  | 'encounter'
  | 'observations'
  | 'diagnoses'
  | 'procedures'
  | 'prescriptions'
  | 'outcome'
  | 'claims'
  | 'notes'
  | 'consent'

export interface DiffLine {
  readonly section: DiffSection
  /** Which row (`Potassium`) or field (`discharge`). */
  readonly what: string
  /** Null: it was not there, or is there no more. */
  readonly before: string | null
  readonly after: string | null
}

type Content = Omit<VisitInput, 'patientId' | 'confirmations'>
const LISTS = ['observations', 'diagnoses', 'procedures', 'prescriptions', 'claims'] as const

export function diffOf(before: Content, after: Content): DiffLine[] {
  const lines: DiffLine[] = []
  fields('encounter', encounterOf(before), encounterOf(after))
  for (const section of LISTS) rows(section, before[section], after[section])
  fields('outcome', before.outcome ?? {}, after.outcome ?? {})
  rows(
    'notes',
    before.notes.map((text) => ({ text })),
    after.notes.map((text) => ({ text })),
  )
  fields('consent', consentOf(before), consentOf(after))
  return lines

  function fields(section: DiffSection, one: object, two: object): void {
    const [a, b] = [one as Record<string, unknown>, two as Record<string, unknown>]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [was, is] = [plain(a[key]), plain(b[key])]
      if (was !== is) lines.push({ section, what: key, before: was || null, after: is || null })
    }
  }

  /** Rows that are equal cancel out; what is left is paired by what it is about, then told as new or gone. */
  function rows(section: DiffSection, one: readonly object[], two: readonly object[]): void {
    const left = [...one]
    const fresh: object[] = []
    for (const row of two) {
      const at = left.findIndex((each) => JSON.stringify(each) === JSON.stringify(row))
      if (at >= 0) left.splice(at, 1)
      else fresh.push(row)
    }
    for (const row of fresh) {
      const same = left.filter((each) => subject(each) === subject(row))
      // Of one test at several times the value of the same time is the one that was changed.
      const at = left.indexOf(same.find((each) => measured(each) === measured(row)) ?? same[0] ?? row)
      const was = at < 0 ? null : left.splice(at, 1)[0]!
      const [a, b] = was === null ? [null, said(row)] : differing(was, row)
      lines.push({ section, what: named(row, two), before: a, after: b })
    }
    for (const row of left) lines.push({ section, what: named(row, one), before: said(row), after: null })
  }
}

/** The payer part by part; of a member's number as much as tells one from another. */
function encounterOf({ encounter: { payer, ...rest }, memberNumber }: Content): object {
  const { type, organisation, plan, group, memberToken } = payer
  return {
    ...rest,
    payer: type,
    payerOrganisation: organisation,
    payerPlan: plan,
    payerGroup: group,
    memberNumber: memberNumber ?? (memberToken === undefined ? undefined : `#${memberToken.slice(0, 8)}`),
  }
}

const consentOf = ({ consent: { scope, from, to, ref } }: Content): object => ({
  consentScope: scope,
  consentFrom: from,
  consentTo: to,
  consentRef: ref,
})

/** What a row is about: the name of its code. */
function subject(row: object): string {
  const { code, claimId } = row as { code?: { code: string; display?: string }; claimId?: string }
  return code?.display ?? code?.code ?? claimId ?? ''
}

const measured = (row: object): string => (row as { effective?: string }).effective ?? ''

/** With its time where the visit has the same at several times. */
function named(row: object, all: readonly object[]): string {
  const name = subject(row)
  const times = new Set(all.filter((each) => subject(each) === name).map(measured))
  return times.size > 1 ? `${name} ${measured(row).slice(0, 16).replace('T', ' ')}`.trim() : name
}

/** The value alone where it is all that differs, else every part that does. */
function differing(was: object, is: object): [string, string] {
  const [a, b] = [was as Record<string, unknown>, is as Record<string, unknown>]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => plain(a[key]) !== plain(b[key]),
  )
  // Of a result people read the value and its day; what follows from it (status, range, flag) follows.
  const read = keys.includes('value') ? keys.filter((key) => key === 'value' || key === 'resultDate') : keys
  const tell = (row: Record<string, unknown>): string =>
    read
      .map((key) => plain(row[key]))
      .filter((text) => text !== '')
      .join(' · ')
  return [tell(a), tell(b)]
}

function said(row: object): string {
  return Object.entries(row)
    .filter(([key]) => key !== 'code' && key !== 'kind' && key !== 'sourceCodings')
    .map(([, value]) => plain(value))
    .filter((text) => text !== '')
    .join(' · ')
}

/** A value in plain text: `7.0 %`, `E119 Type 2 diabetes`. */
function plain(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(', ')
  if (typeof value !== 'object') return String(value)
  if ((value as { type?: unknown }).type === 'absent') return '…'
  const { type, display, code, system: _system, at, zone: _zone, ...rest } = value as Record<string, unknown>
  void type
  const own = [code, display, at].filter((each) => typeof each === 'string').join(' ')
  return [own, typeof code === 'object' ? plain(code) : '', ...Object.values(rest).map(plain)]
    .filter(Boolean)
    .join(' ')
}
