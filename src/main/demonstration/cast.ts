/**
 * Who takes part in the demonstration consortium: four hospitals, a university, an insurer, the people that a visitor
 * can be, and two insurers by name alone. Everything about them is made up, and every name says so.
 */
import type { Locale, Role } from '../../shared/contract/app.ts'
import { DEMONSTRATION_LEAST } from '../../shared/domain/populations.ts'
import type { MemberKind } from '../node/chain/members.ts'

export interface DemonstrationMember {
  /** Name of its folder. */
  readonly folder: string
  readonly kind: MemberKind
  readonly name: Readonly<Record<Locale, string>>
  /** The first one founds it. */
  readonly people: readonly [DemonstrationCharacter, ...DemonstrationCharacter[]]
}

export interface DemonstrationCharacter {
  readonly name: Readonly<Record<Locale, string>>
  /** The first one is that in which a visitor meets them first. */
  readonly roles: readonly Role[]
}

const user = (...roles: Role[]): DemonstrationCharacter => ({
  name: { en: 'Demonstration user', 'zh-Hant': '示範使用者' },
  roles,
})
/** Where four eyes are asked for, one person is not enough. */
const colleague = (...roles: Role[]): DemonstrationCharacter => ({
  name: { en: 'Demonstration colleague', 'zh-Hant': '示範同事' },
  roles,
})
const HOSPITAL = [user('clerk', 'administrator', 'researcher', 'checker', 'auditor')] as const

export const DEMONSTRATION_CAST: readonly DemonstrationMember[] = [
  {
    folder: 'north-hospital',
    kind: 'hospital',
    name: { en: 'North Hospital (synthetic)', 'zh-Hant': '北區醫院（模擬）' },
    people: HOSPITAL,
  },
  {
    folder: 'harbour-hospital',
    kind: 'hospital',
    name: { en: 'Harbour Hospital (synthetic)', 'zh-Hant': '港灣醫院（模擬）' },
    people: HOSPITAL,
  },
  {
    folder: 'hill-hospital',
    kind: 'hospital',
    name: { en: 'Hill Hospital (synthetic)', 'zh-Hant': '山麓醫院（模擬）' },
    people: HOSPITAL,
  },
  {
    folder: 'river-hospital',
    kind: 'hospital',
    name: { en: 'River Hospital (synthetic)', 'zh-Hant': '河畔醫院（模擬）' },
    people: HOSPITAL,
  },
  {
    folder: 'island-university',
    kind: 'university',
    name: { en: 'Island University (synthetic)', 'zh-Hant': '海島大學（模擬）' },
    people: [user('researcher', 'reviewer', 'administrator', 'auditor')],
  },
  {
    folder: 'harvest-insurance',
    kind: 'insurer',
    name: { en: 'Harvest Insurance (synthetic)', 'zh-Hant': '豐和保險（模擬）' },
    // Who makes a tariff does not approve it, and who prices can be checked by somebody who prices.
    people: [user('analyst', 'administrator', 'auditor'), colleague('analyst')],
  },
]

/**
 * Insurers that are founded and never run: a benchmark is of three (ADR 0027), and two more processes on the visitor's machine
 * would show nothing of their own. Nobody keeps their keys.
 */
export const SILENT_INSURERS: readonly Pick<DemonstrationMember, 'name'>[] = [
  { name: { en: 'Autumn Health (synthetic)', 'zh-Hant': '秋實健康保險（模擬）' } },
  { name: { en: 'Spring Mutual (synthetic)', 'zh-Hant': '春田互助保險（模擬）' } },
]

/** Parts of all who are insured: the insurer that runs, then the silent ones, where it has as many as both together. */
export const MARKET_SHARES = [2, 1, 1] as const
/**
 * Of fewer patients hardly a month would have a benchmark (docs/spec/privacy.md Q8), and of a part of them hardly a group be shown: everybody who is
 * insured is with the insurer that runs.
 */
export const MARKET_PATIENTS_LEAST = DEMONSTRATION_LEAST.benchmark

export const CONSORTIUM_NAME: Readonly<Record<Locale, string>> = {
  en: 'Demonstration consortium (synthetic)',
  'zh-Hant': '示範聯盟（模擬）',
}

/** Hospitals of the generator, each of which goes to one hospital of the cast. */
export const HOSPITAL_COUNT = DEMONSTRATION_CAST.filter(({ kind }) => kind === 'hospital').length
