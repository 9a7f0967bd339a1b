/**
 * Every sentence of the window, in English and in the Traditional Chinese of Taiwan's hospitals. English is the type: a
 * sentence that is missing in Chinese does not compile. Parameters and plurals are functions.
 */
import type { Locale } from '../../shared/contract/app.ts'
import { settings, useSettings } from '../lib/session.ts'
import * as access from './access.ts'
import * as accounts from './accounts.ts'
import * as audit from './audit.ts'
import * as batches from './batches.ts'
import * as chain from './chain.ts'
import * as checks from './checks.ts'
import * as clinical from './clinical.ts'
import * as codes from './codes.ts'
import * as cleaning from './cleaning.ts'
import * as cohorts from './cohorts.ts'
import * as cut from './cut.ts'
import * as entry from './entry.ts'
import * as erasures from './erasures.ts'
import * as failures from './failures.ts'
import * as findings from './findings.ts'
import * as firstRun from './first-run.ts'
import * as groups from './groups.ts'
import * as groupSeries from './group-series.ts'
import * as history from './history.ts'
import * as home from './home.ts'
import * as imports from './imports.ts'
import * as importSteps from './import-steps.ts'
import * as modelComparison from './model-comparison.ts'
import * as models from './models.ts'
import * as joining from './joining.ts'
import * as network from './network.ts'
import * as pathways from './pathways.ts'
import * as patients from './patients.ts'
import * as pricing from './pricing.ts'
import * as question from './question.ts'
import * as reviews from './reviews.ts'
import * as requests from './requests.ts'
import * as ruleNames from './rule-names.ts'
import * as people from './people.ts'
import * as settingsWords from './settings.ts'
import * as shares from './shares.ts'
import * as shell from './shell.ts'
import * as tables from './tables.ts'
import * as tariffs from './tariffs.ts'
import * as tutorial from './tutorial.ts'
import * as upkeep from './upkeep.ts'
import * as workPlaces from './work-places.ts'

const en = {
  access: access.en,
  accounts: accounts.en,
  audit: audit.en,
  shell: shell.en,
  failures: failures.en,
  firstRun: firstRun.en,
  groups: groups.en,
  groupSeries: groupSeries.en,
  history: history.en,
  home: home.en,
  clinical: clinical.en,
  codes: codes.en,
  cleaning: cleaning.en,
  cut: cut.en,
  cohorts: cohorts.en,
  pathways: pathways.en,
  question: question.en,
  reviews: reviews.en,
  requests: requests.en,
  entry: entry.en,
  erasures: erasures.en,
  findings: findings.en,
  patients: patients.en,
  people: people.en,
  ruleNames: ruleNames.en,
  chain: chain.en,
  checks: checks.en,
  imports: imports.en,
  importSteps: importSteps.en,
  batches: batches.en,
  modelComparison: modelComparison.en,
  models: models.en,
  joining: joining.en,
  network: network.en,
  settings: settingsWords.en,
  shares: shares.en,
  tables: tables.en,
  pricing: pricing.en,
  tariffs: tariffs.en,
  tutorial: tutorial.en,
  upkeep: upkeep.en,
  workPlaces: workPlaces.en,
}
export type Words = typeof en

const zhHant: Words = {
  access: access.zhHant,
  accounts: accounts.zhHant,
  audit: audit.zhHant,
  shell: shell.zhHant,
  failures: failures.zhHant,
  firstRun: firstRun.zhHant,
  groups: groups.zhHant,
  groupSeries: groupSeries.zhHant,
  history: history.zhHant,
  home: home.zhHant,
  clinical: clinical.zhHant,
  codes: codes.zhHant,
  cleaning: cleaning.zhHant,
  cut: cut.zhHant,
  cohorts: cohorts.zhHant,
  pathways: pathways.zhHant,
  question: question.zhHant,
  reviews: reviews.zhHant,
  requests: requests.zhHant,
  entry: entry.zhHant,
  erasures: erasures.zhHant,
  findings: findings.zhHant,
  patients: patients.zhHant,
  people: people.zhHant,
  ruleNames: ruleNames.zhHant,
  chain: chain.zhHant,
  checks: checks.zhHant,
  imports: imports.zhHant,
  importSteps: importSteps.zhHant,
  batches: batches.zhHant,
  modelComparison: modelComparison.zhHant,
  models: models.zhHant,
  joining: joining.zhHant,
  network: network.zhHant,
  settings: settingsWords.zhHant,
  shares: shares.zhHant,
  tables: tables.zhHant,
  pricing: pricing.zhHant,
  tariffs: tariffs.zhHant,
  tutorial: tutorial.zhHant,
  upkeep: upkeep.zhHant,
  workPlaces: workPlaces.zhHant,
}

export const catalogue: Record<Locale, Words> = { en, 'zh-Hant': zhHant }

/** The system's language until the settings are known. */
export const systemLocale = (): Locale => (/^zh\b/i.test(navigator.language) ? 'zh-Hant' : 'en')

export const useLocale = (): Locale => useSettings()?.locale ?? systemLocale()
export const useWords = (): Words => catalogue[useLocale()]

/** For code outside of components, such as notifications. */
export const localeNow = (): Locale => settings.now()?.locale ?? systemLocale()
export const wordsNow = (): Words => catalogue[localeNow()]
