/**
 * Who takes part in the demonstration consortium: four hospitals, a university, an insurer, and the people that a
 * visitor can be. Everything about them is made up, and every name says so.
 */
import type { Locale, Role } from '../../shared/contract/app.ts'
import type { MemberKind } from '../node/chain/members.ts'

export interface DemonstrationMember {
  /** Name of its folder. */
  readonly folder: string
  readonly kind: MemberKind
  readonly name: Readonly<Record<Locale, string>>
  /** What its person may do; the first one is whom a visitor meets there first. */
  readonly roles: readonly Role[]
}

const HOSPITAL: readonly Role[] = ['clerk', 'administrator', 'researcher', 'checker', 'auditor']

export const DEMONSTRATION_CAST: readonly DemonstrationMember[] = [
  {
    folder: 'north-hospital',
    kind: 'hospital',
    name: { en: 'North Hospital (synthetic)', 'zh-Hant': '北區醫院（模擬）' },
    roles: HOSPITAL,
  },
  {
    folder: 'harbour-hospital',
    kind: 'hospital',
    name: { en: 'Harbour Hospital (synthetic)', 'zh-Hant': '港灣醫院（模擬）' },
    roles: HOSPITAL,
  },
  {
    folder: 'hill-hospital',
    kind: 'hospital',
    name: { en: 'Hill Hospital (synthetic)', 'zh-Hant': '山麓醫院（模擬）' },
    roles: HOSPITAL,
  },
  {
    folder: 'river-hospital',
    kind: 'hospital',
    name: { en: 'River Hospital (synthetic)', 'zh-Hant': '河畔醫院（模擬）' },
    roles: HOSPITAL,
  },
  {
    folder: 'island-university',
    kind: 'university',
    name: { en: 'Island University (synthetic)', 'zh-Hant': '海島大學（模擬）' },
    roles: ['researcher', 'reviewer', 'administrator', 'auditor'],
  },
  {
    folder: 'harvest-insurance',
    kind: 'insurer',
    name: { en: 'Harvest Insurance (synthetic)', 'zh-Hant': '豐和保險（模擬）' },
    roles: ['analyst', 'administrator', 'auditor'],
  },
]

export const CONSORTIUM_NAME: Readonly<Record<Locale, string>> = {
  en: 'Demonstration consortium (synthetic)',
  'zh-Hant': '示範聯盟（模擬）',
}
export const PERSON_NAME: Readonly<Record<Locale, string>> = {
  en: 'Demonstration user',
  'zh-Hant': '示範使用者',
}

/** Hospitals of the generator, each of which goes to one hospital of the cast. */
export const HOSPITAL_COUNT = DEMONSTRATION_CAST.filter(({ kind }) => kind === 'hospital').length
