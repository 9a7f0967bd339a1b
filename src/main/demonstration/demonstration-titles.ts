/** What the demonstration asks is called in the visitor's language, as the cast is: titles and protocols are read on many screens. */
import type { Locale } from '../../shared/contract/app.ts'

export interface DemonstrationTitles {
  readonly seenAgain: string
  readonly seenAgainBySex: string
  readonly fromFifty: string
  readonly bySex: string
  readonly patientsByAge: string
  /** By this title the room finds the protocol again: the same as `groups.ask.protocolTitle` of the window. */
  readonly monitoring: string
  readonly monitoringText: string
  readonly monitoringTable: string
  readonly firstClaim: string
  readonly firstClaimHazard: string
  readonly onset: string
  readonly onsetHazard: string
  readonly hypertension: string
}

export const DEMONSTRATION_TITLES: Readonly<Record<Locale, DemonstrationTitles>> = {
  en: {
    seenAgain: 'Seen again within four months',
    seenAgainBySex: 'Seen again within four months, by sex',
    fromFifty: 'People from fifty on',
    bySex: 'By sex',
    patientsByAge: 'Patients by age at the first visit',
    monitoring: 'Monitoring of own groups',
    monitoringText:
      'Claims, visits, cost, chronic conditions and case mix of own groups and plans by age band, sex and month, once for each snapshot.',
    monitoringTable: 'Monitoring table of own groups',
    firstClaim: 'First claim after the first visit, by sex',
    firstClaimHazard: 'Hazard of a first claim, by sex',
    onset: 'Onset of hypertension, by sex',
    onsetHazard: 'Hazard of an onset of hypertension, by sex',
    hypertension: 'Hypertension',
  },
  'zh-Hant': {
    seenAgain: '四個月內再次就診',
    seenAgainBySex: '四個月內再次就診（依性別）',
    fromFifty: '五十歲以上的人',
    bySex: '依性別',
    patientsByAge: '病人（依首次就診年齡）',
    monitoring: '自有團體監測',
    monitoringText:
      '依年齡層、性別與月份，統計自有團體與方案的理賠、就診、費用、慢性病與病例組成，每個快照一次。',
    monitoringTable: '自有團體監測表',
    firstClaim: '首次就診後的首次理賠（依性別）',
    firstClaimHazard: '首次理賠風險（依性別）',
    onset: '高血壓發病（依性別）',
    onsetHazard: '高血壓發病風險（依性別）',
    hypertension: '高血壓',
  },
}
