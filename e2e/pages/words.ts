/** The words of the window, for tests that read the screen as a person does. */
import * as access from '../../src/renderer/words/access.ts'
import * as accounts from '../../src/renderer/words/accounts.ts'
import * as audit from '../../src/renderer/words/audit.ts'
import * as batches from '../../src/renderer/words/batches.ts'
import * as chain from '../../src/renderer/words/chain.ts'
import * as checks from '../../src/renderer/words/checks.ts'
import * as cleaning from '../../src/renderer/words/cleaning.ts'
import * as clinical from '../../src/renderer/words/clinical.ts'
import * as codes from '../../src/renderer/words/codes.ts'
import * as cohorts from '../../src/renderer/words/cohorts.ts'
import * as cut from '../../src/renderer/words/cut.ts'
import * as entry from '../../src/renderer/words/entry.ts'
import * as erasures from '../../src/renderer/words/erasures.ts'
import * as failures from '../../src/renderer/words/failures.ts'
import * as findings from '../../src/renderer/words/findings.ts'
import * as firstRun from '../../src/renderer/words/first-run.ts'
import * as groups from '../../src/renderer/words/groups.ts'
import * as groupSeries from '../../src/renderer/words/group-series.ts'
import * as history from '../../src/renderer/words/history.ts'
import * as home from '../../src/renderer/words/home.ts'
import * as imports from '../../src/renderer/words/imports.ts'
import * as importSteps from '../../src/renderer/words/import-steps.ts'
import * as modelComparison from '../../src/renderer/words/model-comparison.ts'
import * as models from '../../src/renderer/words/models.ts'
import * as joining from '../../src/renderer/words/joining.ts'
import * as network from '../../src/renderer/words/network.ts'
import * as pathways from '../../src/renderer/words/pathways.ts'
import * as patients from '../../src/renderer/words/patients.ts'
import * as people from '../../src/renderer/words/people.ts'
import * as pricing from '../../src/renderer/words/pricing.ts'
import * as question from '../../src/renderer/words/question.ts'
import * as requests from '../../src/renderer/words/requests.ts'
import * as reviews from '../../src/renderer/words/reviews.ts'
import * as settings from '../../src/renderer/words/settings.ts'
import * as shares from '../../src/renderer/words/shares.ts'
import * as shell from '../../src/renderer/words/shell.ts'
import * as tariffs from '../../src/renderer/words/tariffs.ts'
import * as tables from '../../src/renderer/words/tables.ts'
import * as tutorial from '../../src/renderer/words/tutorial.ts'
import * as upkeep from '../../src/renderer/words/upkeep.ts'
import * as workPlaces from '../../src/renderer/words/work-places.ts'
import type { Locale } from '../fixtures.ts'

const pick = <T>(locale: Locale, words: { en: T; zhHant: T }): T =>
  locale === 'en' ? words.en : words.zhHant

export const wordsOf = (locale: Locale) => ({
  access: pick(locale, access),
  accounts: pick(locale, accounts),
  audit: pick(locale, audit),
  batches: pick(locale, batches),
  chain: pick(locale, chain),
  checks: pick(locale, checks),
  cleaning: pick(locale, cleaning),
  clinical: pick(locale, clinical),
  codes: pick(locale, codes),
  cohorts: pick(locale, cohorts),
  cut: pick(locale, cut),
  entry: pick(locale, entry),
  erasures: pick(locale, erasures),
  failures: pick(locale, failures),
  findings: pick(locale, findings),
  firstRun: pick(locale, firstRun),
  groups: pick(locale, groups),
  groupSeries: pick(locale, groupSeries),
  home: pick(locale, home),
  imports: pick(locale, imports),
  importSteps: pick(locale, importSteps),
  tables: pick(locale, tables),
  modelComparison: pick(locale, modelComparison),
  tariffs: pick(locale, tariffs),
  models: pick(locale, models),
  joining: pick(locale, joining),
  network: pick(locale, network),
  history: pick(locale, history),
  pathways: pick(locale, pathways),
  patients: pick(locale, patients),
  people: pick(locale, people),
  pricing: pick(locale, pricing),
  question: pick(locale, question),
  requests: pick(locale, requests),
  reviews: pick(locale, reviews),
  settings: pick(locale, settings),
  shares: pick(locale, shares),
  shell: pick(locale, shell),
  tutorial: pick(locale, tutorial),
  upkeep: pick(locale, upkeep),
  workPlaces: pick(locale, workPlaces),
})
export type PageWords = ReturnType<typeof wordsOf>
