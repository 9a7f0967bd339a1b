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

/** A coded value as people say it; what it does not know it gives back. */
type WordOf = (section: DiffSection, key: string, value: string) => string

type Content = Omit<VisitInput, 'patientId' | 'confirmations'>
const LISTS = ['observations', 'diagnoses', 'procedures', 'prescriptions', 'claims'] as const

/** @param wordOf says coded values, as `PRIVATE` of `encounter` and `payer` */
export function diffOf(
  before: Content,
  after: Content,
  wordOf: WordOf = (_section, _key, value) => value,
): DiffLine[] {
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
      if (plain(a[key]) === plain(b[key])) continue
      const [was, is] = apart((say) => [say(key, a[key]), say(key, b[key])], section)
      lines.push({ section, what: key, before: was || null, after: is || null })
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
      const [a, b] =
        was === null
          ? [null, said(row, sayingIn(section))]
          : apart((say) => differing(was, row, say), section)
      lines.push({ section, what: named(row, two), before: a, after: b })
    }
    for (const row of left)
      lines.push({ section, what: named(row, one), before: said(row, sayingIn(section)), after: null })
  }

  function sayingIn(section: DiffSection): Say {
    return (key, value) => plain(value, (text) => clockOf(text) ?? wordOf(section, key, text))
  }
  /** What differs in less than people are told, as the seconds of a time, is told as it is kept. */
  function apart(tell: (say: Say) => [string, string], section: DiffSection): [string, string] {
    const [was, is] = tell(sayingIn(section))
    return was === is ? tell((_key, value) => plain(value)) : [was, is]
  }
}

type Say = (key: string, value: unknown) => string

/** `2026-05-03 08:15`, the wall time where it was; null for what is no time. */
const clockOf = (text: string): string | null =>
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9.]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/.test(text)
    ? text.slice(0, 16).replace('T', ' ')
    : null

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
function differing(was: object, is: object, say: Say): [string, string] {
  const [a, b] = [was as Record<string, unknown>, is as Record<string, unknown>]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => plain(a[key]) !== plain(b[key]),
  )
  // Of a result people read the value and its times; what follows from it (status, range, flag) follows.
  const read = keys.includes('value') ? keys.filter((key) => key === 'value' || TIMES.includes(key)) : keys
  const tell = (row: Record<string, unknown>): string =>
    read
      .map((key) => say(key, row[key]))
      .filter((text) => text !== '')
      .join(' · ')
  return [tell(a), tell(b)]
}

const TIMES: readonly string[] = ['effective', 'specimenCollected', 'resultDate']

function said(row: object, say: Say): string {
  return Object.entries(row)
    .filter(([key]) => key !== 'code' && key !== 'kind' && key !== 'sourceCodings')
    .map(([key, value]) => say(key, value))
    .filter((text) => text !== '')
    .join(' · ')
}

/**
 * A value in plain text: `7.0 %`, `E119 Type 2 diabetes`.
 * @param word for each text in it
 */
function plain(value: unknown, word: (text: string) => string = (text) => text): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value))
    return value
      .map((each) => plain(each, word))
      .filter(Boolean)
      .join(', ')
  if (typeof value !== 'object') return word(String(value))
  if ((value as { type?: unknown }).type === 'absent') return '…'
  const { type, display, code, system: _system, at, zone: _zone, ...rest } = value as Record<string, unknown>
  void type
  const own = [code, display, at].filter((each) => typeof each === 'string').map(word)
  return [
    ...own,
    typeof code === 'object' ? plain(code, word) : '',
    ...Object.values(rest).map((each) => plain(each, word)),
  ]
    .filter(Boolean)
    .join(' ')
}
