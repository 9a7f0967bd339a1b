/** A question said back in words, so that whoever reads it knows who is meant without reading the form. Pure. */
import type {
  CohortDefinition,
  CohortRule,
  DayWindow,
  EventFilter,
  ValueRange,
} from '../../../shared/domain/cohort.ts'
import { isUnnamed, type CodeSet } from '../../../shared/domain/code-set.ts'
import { askedTest } from '../../../shared/domain/asked-tests.ts'
import type { Locale } from '../../../shared/contract/app.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { resultCodeName } from './result-code-name.ts'

/** What sentences are made of. */
type Words = Pick<AllWords, 'cohorts' | 'clinical'>

interface Speech {
  readonly words: Words
  readonly locale: Locale
  readonly codeSets: CohortDefinition['codeSets']
}

/** The entry, then one sentence for each step. */
export function cohortSentences(definition: CohortDefinition, words: Words, locale: Locale): string[] {
  const speech: Speech = { words, locale, codeSets: definition.codeSets }
  const t = words.cohorts.sentence
  const { entry, steps } = definition
  const event = eventWords(entry.event, speech)
  const parts = [
    entry.which === 'first' ? t.enters(event) : t.entersQualifying(event),
    entry.confirmedBy === undefined
      ? ''
      : t.confirmed(String(entry.confirmedBy.count), String(entry.confirmedBy.withinDays)),
    entry.priorDays === 0 ? '' : t.prior(String(entry.priorDays)),
    entry.washout === undefined
      ? ''
      : t.washout(eventWords(entry.washout.event, speech), String(entry.washout.days)),
    t.end,
  ]
  return [
    parts.join(''),
    ...steps.map(({ use, rule }) =>
      use === 'include' ? t.includes(ruleWords(rule, speech)) : t.excludes(ruleWords(rule, speech)),
    ),
  ]
}

export function eventWords(event: EventFilter, { words, locale, codeSets }: Speech): string {
  const t = words.cohorts.sentence
  const nameOf = (id: string): string => {
    const set = codeSets[id]
    return set === undefined ? t.noCodes : codeSetWords(set, words)
  }
  const named = (classes: readonly string[]): string =>
    classes.map((each) => classWords(each, words)).join(t.or)
  switch (event.kind) {
    case 'diagnosis': {
      const plain = t.diagnosis(nameOf(event.codes))
      const said = event.isPrincipal === true ? t.principal(plain) : plain
      return event.classes === undefined ? said : t.inClasses(said, named(event.classes))
    }
    case 'prescription':
      return t.prescription(nameOf(event.codes))
    case 'procedure':
      return t.procedure(nameOf(event.codes))
    case 'visit':
      return event.classes === undefined ? t.visit : t.visitOfClass(named(event.classes))
    case 'claim':
    case 'death':
      return t[event.kind]
    case 'result':
    case 'coded-result': {
      const test = askedTest(event.test)
      const name = test === null ? event.test : locale === 'en' ? test.en : test.zh
      if (event.kind === 'coded-result')
        return t.coded(name, event.anyOf.map((code) => resultCodeName(code, words)).join(t.or))
      return event.value === undefined
        ? t.result(name)
        : t.valued(name, rangeWords(event.value, test?.unit ?? '', words))
    }
  }
}

/** The name that somebody gave the set; else its codes, all of them where a sentence can hold them, and those that are left out. */
function codeSetWords(set: CodeSet, { cohorts: { sentence: t } }: Words): string {
  if (!isUnnamed(set)) return set.name
  const said = (codes: readonly string[]): string => {
    const listed = codes.slice(0, CODES_SAID).join(', ')
    return codes.length > CODES_SAID ? t.codesMore(listed, String(codes.length - CODES_SAID)) : listed
  }
  return set.exclude.length === 0 ? said(set.include) : t.codesWithout(said(set.include), said(set.exclude))
}

/** More codes than these are counted. */
const CODES_SAID = 8

export function ruleWords(rule: CohortRule, speech: Speech): string {
  const { words } = speech
  const t = words.cohorts.sentence
  switch (rule.kind) {
    case 'all':
    case 'any': {
      const inner = rule.of.map((each) => ruleWords(each, speech)).join(rule.kind === 'all' ? t.and : t.or)
      return rule.of.length === 1 ? inner : t.group(inner)
    }
    case 'not':
      return t.not(ruleWords(rule.rule, speech))
    case 'occurs': {
      const event = eventWords(rule.event, speech)
      const window = windowWords(rule.window, words)
      const [least, most] = [String(rule.atLeast), rule.atMost]
      if (rule.withinDays !== undefined) return t.hadWithin(event, least, String(rule.withinDays), window)
      if (most === undefined) return rule.atLeast <= 1 ? t.had(event, window) : t.hadOn(event, least, window)
      return rule.atLeast === 0
        ? t.hadAtMost(event, String(most), window)
        : t.hadBetween(event, least, String(most), window)
    }
    case 'last':
      return t.last(eventWords(rule.event, speech), windowWords(rule.window, words))
    case 'age': {
      const { atLeast, atMost } = rule
      if (atLeast === undefined) return atMost === undefined ? t.anyAge : t.ageTo(String(atMost))
      return atMost === undefined ? t.ageFrom(String(atLeast)) : t.ageBetween(String(atLeast), String(atMost))
    }
    case 'sex':
      return t.sex(rule.anyOf.map((each) => words.clinical.sex[each]).join(t.or))
    case 'payer':
      return t.payer(rule.anyOf.map((each) => words.clinical.payer[each]).join(t.or))
    case 'hospital':
      return t.hospital(rule.anyOf.join(t.or))
    case 'calendar': {
      const { from, to } = rule
      if (from === undefined) return to === undefined ? t.calendarAny : t.calendarTo(to)
      return to === undefined ? t.calendarFrom(from) : t.calendarBetween(from, to)
    }
    case 'observed':
      return t.observed(String(rule.beforeDays), String(rule.afterDays))
  }
}

export function windowWords({ from, to }: DayWindow, words: Words): string {
  const t = words.cohorts.sentence
  if (from === null && to === null) return t.ever
  if (from === 0 && to === 0) return t.onDay
  if (from === null && to === 0) return t.everBefore
  if (from === null && to === -1) return t.everStrictlyBefore
  if (from === 0 && to === null) return t.everAfter
  if (from !== null && from < 0 && to === 0) return t.before(String(-from))
  if (from === 0 && to !== null && to > 0) return t.after(String(to))
  return t.between(signed(from, '−∞'), signed(to, '+∞'))
}

const signed = (day: number | null, open: string): string =>
  day === null ? open : day > 0 ? `+${day}` : String(day).replace('-', '−')

function rangeWords(range: ValueRange, unit: string, words: Words): string {
  const t = words.cohorts
  return (['atLeast', 'above', 'atMost', 'below'] as const)
    .flatMap((limit) =>
      range[limit] === undefined ? [] : [`${t.valueWords[limit]} ${range[limit]} ${unit}`.trim()],
    )
    .join(t.sentence.and)
}

const classWords = (name: string, words: Words): string =>
  (words.clinical.class as Record<string, string>)[name] ?? name
