/**
 * What a rule says when it is broken: short, specific, with what to do. English and Chinese for each rule of the visit
 * check and for the few that only a form can break. Parameters come from the rule.
 */
import type { VisitRule } from '../../shared/domain/visit-check.ts'
import { en as clinicalEn, zhHant as clinicalZh } from './clinical.ts'

export type LocalRule =
  | 'not-a-number'
  | 'not-a-whole-number'
  | 'date-not-understood'
  | 'time-not-understood'
  | 'test-missing'
  | 'value-missing'
  | 'vitals-time-missing'
  | 'medicine-missing'
  | 'text-too-long'
  | 'copied-forward'
  | 'copied-smoking'
  | 'template-expects'
  | 'template-requires'
  | 'frequency-unlisted'
  | 'dose-differs-from-usual'
  | 'too-precise'
export type Params = Readonly<Record<string, string>>
type Sentences = Record<VisitRule | LocalRule, (p: Params) => string>

const at = (p: Params, key: string) => p[key] ?? ''
const limit = (p: Params) => `${at(p, 'limit')} ${at(p, 'limitUnit') || at(p, 'unit')}`.trim()
const value = (p: Params) => `${at(p, 'value')} ${at(p, 'unit')}`.trim()

const sexOf = (sex: Readonly<Record<string, string>>, code: string): string => sex[code] ?? code

const enRule: Sentences = {
  required: (p) => `${en.fields[at(p, 'field')] ?? 'This field'} is needed.`,
  'date-does-not-exist': (p) => `${at(p, 'value')} does not exist. Type the date as 2026-05-03.`,
  'before-birth': (p) => `${at(p, 'value')} is before the patient’s birth (${at(p, 'limit')}).`,
  'in-future': (p) => `${at(p, 'value')} lies in the future (today is ${at(p, 'limit')}).`,
  'after-death': (p) => `The patient died on ${at(p, 'limit')}; this is later.`,
  'sex-differs': (p) =>
    `The patient’s sex: ${sexOf(clinicalEn.sex, at(p, 'value'))} here, ${sexOf(clinicalEn.sex, at(p, 'limit'))} in the last visit. F4 corrects the person.`,
  'age-over-limit': () => 'The patient would be older than 125 years. Check the birth date.',
  'discharge-before-admission': () => 'The discharge is before the admission.',
  'stay-over-one-year': () => 'The stay is longer than a year.',
  'stay-over-ten-years': () => 'The stay is longer than ten years. Check both dates.',
  'above-hard-limit': (p) => `${at(p, 'name')} ${value(p)} is above the possible ${limit(p)}.`,
  'below-hard-limit': (p) => `${at(p, 'name')} ${value(p)} is below the possible ${limit(p)}.`,
  'above-soft-limit': (p) => `${at(p, 'name')} ${value(p)} is unusually high (usual up to ${limit(p)}).`,
  'below-soft-limit': (p) => `${at(p, 'name')} ${value(p)} is unusually low (usual from ${limit(p)}).`,
  'unknown-unit': (p) =>
    `The unit “${at(p, 'unit')}” is not known for ${at(p, 'name')}; usual is ${at(p, 'limit')}.`,
  'range-reversed': () => 'The lower end of the reference range is above its upper end.',
  'specimen-outside-stay': (p) =>
    `${at(p, 'name')}: the specimen of ${at(p, 'value')} was not taken around this visit.`,
  'result-before-specimen': (p) =>
    `The result of ${at(p, 'value')} is before its specimen (${at(p, 'limit')}).`,
  'result-late': (p) => `The result came more than 60 days after the specimen (${at(p, 'limit')}).`,
  'diastolic-not-below-systolic': () => 'The diastolic pressure must be below the systolic one.',
  'pulse-pressure-unusual': (p) => `Systolic minus diastolic is ${at(p, 'value')}: unusual.`,
  'body-mass-index-differs': (p) => `The body mass index does not fit height and weight (${at(p, 'limit')}).`,
  'body-mass-index-unusual': (p) =>
    `Height and weight together give a body mass index of ${at(p, 'limit')}. Check both.`,
  'other-unit-likely': (p) =>
    `${at(p, 'name')} ${value(p)} is far from usual; in ${at(p, 'limitUnit')} it would be usual. Which unit was meant?`,
  'differs-from-previous': (p) =>
    `${at(p, 'name')} ${value(p)} is far from the last value, ${limit(p)} on ${at(p, 'on')}.`,
  'cholesterol-parts-exceed-total': () => 'HDL and LDL together exceed the total cholesterol.',
  'filtration-differs': (p) => `The eGFR does not fit the creatinine (about ${at(p, 'limit')}).`,
  'weight-jump': (p) => `The weight changed by more than a fifth within 90 days (was ${at(p, 'limit')}).`,
  'height-jump': (p) => `The height of an adult changed by more than 3 cm (was ${at(p, 'limit')}).`,
  'unusual-for-sex': (p) => `${at(p, 'value')} is unusual for the patient’s sex.`,
  'one-principal-diagnosis': (p) =>
    at(p, 'value') === '0'
      ? 'A finished visit needs one principal diagnosis.'
      : 'Only one diagnosis can be the principal one.',
  'rank-repeated': () => 'Two diagnoses have the same rank.',
  'code-malformed': (p) => `“${at(p, 'value')}” is not written as such a code.`,
  'code-unlisted': (p) => `${at(p, 'value')} is on no list of this hospital.`,
  'diagnosis-repeated': (p) => `${at(p, 'value')} is entered twice.`,
  'abatement-before-onset': () => 'The diagnosis ends before it begins.',
  'outside-stay': (p) => `${at(p, 'value')} is outside of this visit.`,
  'end-before-start': () => 'The end is before the start.',
  'supply-does-not-match-end': (p) => `The days of supply end on ${at(p, 'limit')}.`,
  'supply-over-one-year': () => 'The supply is for more than a year.',
  'refills-over-twelve': () => 'More than twelve refills.',
  'negative-amount': () => 'An amount cannot be negative, except in a reversal.',
  'reversal-not-negative': () => 'A reversal has negative amounts.',
  'allowed-exceeds-billed': () => 'The allowed amount exceeds the billed one.',
  'paid-exceeds-allowed': () => 'The payer paid more than was allowed.',
  'payments-differ-from-allowed': (p) =>
    `The payments do not add up to the allowed amount (${at(p, 'limit')}).`,
  'lines-differ-from-billed': () => 'The lines do not add up to the billed amount.',
  'currency-unusual': (p) => `The currency is ${at(p, 'value')}, usual is ${at(p, 'limit')}.`,
  'line-points-nowhere': () => 'A line points to a diagnosis that is not there.',
  'days-exceed-stay': (p) => `More days than the stay has (${at(p, 'limit')}).`,
  'death-and-disposition-differ': () => 'Death in hospital and the way of discharge contradict each other.',
  'death-proposed': (p) =>
    `The visit says that the patient died. Confirming writes ${at(p, 'value')} as the date of death into the patient’s data.`,
  'national-id-check-digit': (p) => `The check digit of the national id ${at(p, 'value')} does not fit.`,
  'insurer-of-self-payer': () =>
    'The patient pays alone, and an insurer, a plan or a member number is given.',
  'consent-end-before-start': () => 'The consent ends before it begins.',
  'consent-ended': (p) => `The consent ended on ${at(p, 'value')}: the patient is left out of studies.`,
  'not-a-number': (p) => `“${at(p, 'value')}” is not a number. Type digits, as 7.2.`,
  'not-a-whole-number': (p) => `“${at(p, 'value')}” is not a whole number.`,
  'date-not-understood': (p) =>
    `“${at(p, 'value')}” is not understood. Type 2026-05-03, 0503, t-1 or 115/05/03.`,
  'time-not-understood': (p) => `“${at(p, 'value')}” is not a time. Type 0930 or 9:30.`,
  'test-missing': () => 'Choose the test of this result.',
  'value-missing': (p) => `Type the result of ${at(p, 'name')}, or clear the test.`,
  'vitals-time-missing': () => 'Type when these vital signs were measured, as 0815.',
  'medicine-missing': () => 'Choose the medicine of this line.',
  'text-too-long': (p) => `Longer than ${at(p, 'limit')} characters. Shorten or split it.`,
  'copied-forward': (p) => `${at(p, 'value')} was copied from an earlier visit. Still right?`,
  'copied-smoking': () => 'The smoking status was copied from an earlier visit. Still right?',
  'template-expects': (p) => `${en.expected[at(p, 'value')] ?? at(p, 'name')} is usually entered here.`,
  'template-requires': (p) =>
    `${en.expected[at(p, 'value')] ?? at(p, 'name')} is needed under the template “${at(p, 'template')}”. Enter it, or choose another template if this visit is none of these.`,
  'frequency-unlisted': (p) =>
    `“${at(p, 'value')}” is no usual frequency (bid, q8h, tid ac). Is it right as it is written?`,
  'dose-differs-from-usual': (p) =>
    `${at(p, 'name')} ${at(p, 'value')} is far from the usual dose, ${at(p, 'limit')}. Is it right?`,
  'too-precise': (p) => `${at(p, 'value')} has more decimals than the currency.`,
}

export const en = {
  rules: enRule,
  fields: {
    department: 'The department',
    discharge: 'The discharge',
    dischargeDisposition: 'The way of discharge',
    unit: 'The unit',
    specimenCollected: 'The date of the specimen',
    resultDate: 'The date of the result',
    presentOnAdmission: 'Whether it was present on admission',
    start: 'The start',
    daysSupply: 'The number of days of supply',
    dose: 'The dose',
    frequency: 'How often a day',
  } as Record<string, string>,
  /** What a template expects, by the field of the form. */
  expected: {
    'encounter.reason': 'The reason for the visit',
    'encounter.department': 'The department',
    'encounter.attender': 'Who attends',
    procedures: 'A procedure',
    medicines: 'A medicine',
    notes: 'A note',
    'vitals.sbp': 'Blood pressure',
    'vitals.hr': 'Heart rate',
    'vitals.rr': 'Respiratory rate',
    'vitals.temp': 'Temperature',
    'vitals.spo2': 'Oxygen saturation',
    'vitals.height': 'Height',
    'vitals.weight': 'Weight',
    'vitals.pain': 'Pain',
    'labs.hba1c': 'HbA1c',
    'labs.creat': 'Creatinine',
    'labs.k': 'Potassium',
    smoking: 'Smoking status',
  } as Record<string, string>,
  nameOf: (p: Params) => at(p, 'name'),
  suggestion: (text: string) => `Use ${text}`,
}

const zhRule: Sentences = {
  required: (p) => `請填寫${zhHant.fields[at(p, 'field')] ?? '此欄'}。`,
  'date-does-not-exist': (p) => `沒有 ${at(p, 'value')} 這個日期，請輸入如 2026-05-03。`,
  'before-birth': (p) => `${at(p, 'value')} 早於病人出生日期（${at(p, 'limit')}）。`,
  'in-future': (p) => `${at(p, 'value')} 在未來（今天是 ${at(p, 'limit')}）。`,
  'after-death': (p) => `病人已於 ${at(p, 'limit')} 死亡，此日期較晚。`,
  'sex-differs': (p) =>
    `病人性別：這裡為${sexOf(clinicalZh.sex, at(p, 'value'))}，上次就診為${sexOf(clinicalZh.sex, at(p, 'limit'))}。按 F4 可更正病人資料。`,
  'age-over-limit': () => '病人年齡將超過 125 歲，請檢查出生日期。',
  'discharge-before-admission': () => '出院日期早於住院日期。',
  'stay-over-one-year': () => '住院超過一年。',
  'stay-over-ten-years': () => '住院超過十年，請檢查兩個日期。',
  'above-hard-limit': (p) => `${at(p, 'nameZh')} ${value(p)} 超過上限 ${limit(p)}。`,
  'below-hard-limit': (p) => `${at(p, 'nameZh')} ${value(p)} 低於下限 ${limit(p)}。`,
  'above-soft-limit': (p) => `${at(p, 'nameZh')} ${value(p)} 異常偏高（通常不超過 ${limit(p)}）。`,
  'below-soft-limit': (p) => `${at(p, 'nameZh')} ${value(p)} 異常偏低（通常不低於 ${limit(p)}）。`,
  'unknown-unit': (p) => `${at(p, 'nameZh')} 不使用單位「${at(p, 'unit')}」，通常為 ${at(p, 'limit')}。`,
  'range-reversed': () => '參考值下限大於上限。',
  'specimen-outside-stay': (p) => `${at(p, 'nameZh')}：${at(p, 'value')} 採檢的檢體不在這次就診期間。`,
  'result-before-specimen': (p) => `檢驗日期 ${at(p, 'value')} 早於採檢日期（${at(p, 'limit')}）。`,
  'result-late': (p) => `檢驗結果比採檢（${at(p, 'limit')}）晚超過 60 天。`,
  'diastolic-not-below-systolic': () => '舒張壓必須低於收縮壓。',
  'pulse-pressure-unusual': (p) => `收縮壓與舒張壓相差 ${at(p, 'value')}，並不常見。`,
  'body-mass-index-differs': (p) => `身體質量指數與身高體重不符（${at(p, 'limit')}）。`,
  'body-mass-index-unusual': (p) => `由身高與體重算得的身體質量指數為 ${at(p, 'limit')}，請檢查兩者。`,
  'other-unit-likely': (p) =>
    `${at(p, 'nameZh')} ${value(p)} 與常值相差甚遠；若單位為 ${at(p, 'limitUnit')} 則屬常值。原意是哪個單位？`,
  'differs-from-previous': (p) =>
    `${at(p, 'nameZh')} ${value(p)} 與前次（${at(p, 'on')}）的 ${limit(p)} 相差甚遠。`,
  'cholesterol-parts-exceed-total': () => 'HDL 與 LDL 之和超過總膽固醇。',
  'filtration-differs': (p) => `腎絲球過濾率與肌酸酐不符（約 ${at(p, 'limit')}）。`,
  'weight-jump': (p) => `體重在 90 天內變動超過五分之一（原為 ${at(p, 'limit')}）。`,
  'height-jump': (p) => `成人身高變動超過 3 公分（原為 ${at(p, 'limit')}）。`,
  'unusual-for-sex': (p) => `${at(p, 'value')} 與病人性別不符常情。`,
  'one-principal-diagnosis': (p) =>
    at(p, 'value') === '0' ? '已結束的就診需要一個主診斷。' : '只能有一個主診斷。',
  'rank-repeated': () => '兩個診斷的順位相同。',
  'code-malformed': (p) => `「${at(p, 'value')}」不符合代碼格式。`,
  'code-unlisted': (p) => `${at(p, 'value')} 不在本院的代碼表中。`,
  'diagnosis-repeated': (p) => `${at(p, 'value')} 重複輸入。`,
  'abatement-before-onset': () => '診斷結束日期早於開始日期。',
  'outside-stay': (p) => `${at(p, 'value')} 不在這次就診期間。`,
  'end-before-start': () => '結束日期早於開始日期。',
  'supply-does-not-match-end': (p) => `依給藥天數應於 ${at(p, 'limit')} 結束。`,
  'supply-over-one-year': () => '給藥天數超過一年。',
  'refills-over-twelve': () => '連續調劑超過十二次。',
  'negative-amount': () => '金額不可為負數，沖銷除外。',
  'reversal-not-negative': () => '沖銷的金額應為負數。',
  'allowed-exceeds-billed': () => '核定金額大於申報金額。',
  'paid-exceeds-allowed': () => '給付金額大於核定金額。',
  'payments-differ-from-allowed': (p) => `各項付款合計與核定金額（${at(p, 'limit')}）不符。`,
  'lines-differ-from-billed': () => '明細合計與申報金額不符。',
  'currency-unusual': (p) => `幣別為 ${at(p, 'value')}，通常為 ${at(p, 'limit')}。`,
  'line-points-nowhere': () => '明細對應的診斷不存在。',
  'days-exceed-stay': (p) => `天數超過住院天數（${at(p, 'limit')}）。`,
  'death-and-disposition-differ': () => '院內死亡與出院動向互相矛盾。',
  'death-proposed': (p) => `這筆就診載明病人死亡。確認後，病人資料的死亡日期將記為 ${at(p, 'value')}。`,
  'national-id-check-digit': (p) => `身分證號 ${at(p, 'value')} 的檢查碼不符。`,
  'insurer-of-self-payer': () => '付費身分為自費，卻有保險人、方案或會員編號。',
  'consent-end-before-start': () => '同意的結束日期早於開始日期。',
  'consent-ended': (p) => `同意已於 ${at(p, 'value')} 到期，病人將不列入研究。`,
  'not-a-number': (p) => `「${at(p, 'value')}」不是數字，請輸入如 7.2。`,
  'not-a-whole-number': (p) => `「${at(p, 'value')}」不是整數。`,
  'date-not-understood': (p) => `無法辨識「${at(p, 'value')}」，請輸入 2026-05-03、0503、t-1 或 115/05/03。`,
  'time-not-understood': (p) => `「${at(p, 'value')}」不是時間，請輸入 0930 或 9：30。`,
  'test-missing': () => '請選擇這個結果的檢驗項目。',
  'value-missing': (p) => `請輸入${at(p, 'nameZh')}的結果，或清除此項目。`,
  'vitals-time-missing': () => '請輸入這組生命徵象的測量時間，例如 0815。',
  'medicine-missing': () => '請選擇這一列的藥品。',
  'text-too-long': (p) => `超過 ${at(p, 'limit')} 個字，請縮短或分段。`,
  'copied-forward': (p) => `${at(p, 'value')} 由先前就診帶入，是否仍正確？`,
  'copied-smoking': () => '吸菸狀態由先前就診帶入，是否仍正確？',
  'template-expects': (p) => `此範本通常會填寫${zhHant.expected[at(p, 'value')] ?? at(p, 'nameZh')}。`,
  'template-requires': (p) =>
    `範本「${at(p, 'templateZh')}」必填${zhHant.expected[at(p, 'value')] ?? at(p, 'nameZh')}。請填寫；若此次就診不適用，請改選其他範本。`,
  'frequency-unlisted': (p) => `「${at(p, 'value')}」不是常用的頻率（bid、q8h、tid ac），確定這樣寫嗎？`,
  'dose-differs-from-usual': (p) =>
    `${at(p, 'name')} ${at(p, 'value')} 與常用劑量 ${at(p, 'limit')} 相差甚遠，確定無誤？`,
  'too-precise': (p) => `${at(p, 'value')} 的小數位數超過幣別允許。`,
}

export const zhHant: typeof en = {
  rules: zhRule,
  fields: {
    department: '科別',
    discharge: '出院日期',
    dischargeDisposition: '出院動向',
    unit: '單位',
    specimenCollected: '採檢日期',
    resultDate: '檢驗日期',
    presentOnAdmission: '入院時是否已有',
    start: '開始日期',
    daysSupply: '給藥天數',
    dose: '劑量',
    frequency: '用藥頻率',
  },
  expected: {
    'encounter.reason': '就診原因',
    'encounter.department': '科別',
    'encounter.attender': '主治人員',
    procedures: '處置',
    medicines: '處方',
    notes: '備註',
    'vitals.sbp': '血壓',
    'vitals.hr': '心跳',
    'vitals.rr': '呼吸',
    'vitals.temp': '體溫',
    'vitals.spo2': '血氧',
    'vitals.height': '身高',
    'vitals.weight': '體重',
    'vitals.pain': '疼痛指數',
    'labs.hba1c': '糖化血色素',
    'labs.creat': '肌酸酐',
    'labs.k': '鉀',
    smoking: '吸菸狀態',
  },
  nameOf: (p) => at(p, 'nameZh'),
  suggestion: (text) => `改為 ${text}`,
}
