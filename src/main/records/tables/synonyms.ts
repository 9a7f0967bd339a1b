/**
 * What hospitals call their columns, in English and Chinese. Words are compared by `normaliseHeader`: width, case, blanks
 * and brackets do not count. Listed in docs/spec/tables.md.
 */
import { LAB_TESTS, LOINC_SYSTEM, type LabTest } from '../../../shared/domain/lab-tests.ts'
import type { Diagnosis } from '../../../shared/domain/visit.ts'
import { normaliseHeader, type TableField, type WordField } from '../../../shared/domain/table-mapping.ts'

export const SYNONYMS: Readonly<Partial<Record<TableField, string>>> = {
  'patient.id':
    'mrn, chart no, chart number, medical record number, patient id, patientid, patient no, pid, hospital number, 病歷號, 病歷號碼, 病歷編號, 病人編號, 病患編號, 病人代號, 病號',
  'patient.nationalId':
    'national id, nationalid, id number, id no, idno, nid, ssn, identity number, 身分證, 身分證號, 身分證字號, 身份證號, 身份證字號, 身分證統一編號, 證號',
  'patient.name': 'name, patient name, full name, chinese name, 姓名, 病人姓名, 病患姓名, 中文姓名',
  'patient.latinName': 'latin name, english name, romanised name, 英文姓名, 英文名',
  'patient.sex': 'sex, gender, 性別',
  'patient.birthDate':
    'birth date, birthdate, dob, date of birth, birthday, 生日, 出生日期, 出生年月日, 出生日',
  'patient.deathDate': 'death date, deathdate, date of death, dod, 死亡日期, 死亡日',
  'patient.phone': 'phone, telephone, mobile, tel, 電話, 手機, 行動電話, 聯絡電話',
  'patient.region': 'region, county, city, residence, 縣市, 居住地, 居住縣市, 戶籍縣市',
  'visit.id':
    'visit id, visitid, visit no, visit number, encounter id, encounterid, encounter no, admission no, account number, case no, 就診序號, 就醫序號, 看診序號, 就診號, 住院號, 住院序號, 帳號, 案件編號',
  'visit.class':
    'class, visit class, encounter class, visit type, patient class, encounter type, 就診類別, 就醫類別, 門急住別, 門住診別, 看診類別, 類別',
  'visit.status': 'status, visit status, encounter status, 就診狀態, 狀態',
  'visit.admission':
    'admission, admission date, admit date, admission datetime, visit date, visitdate, encounter date, start, start date, date of visit, 就診日期, 就醫日期, 看診日期, 門診日期, 入院日期, 住院日期, 入院日, 就診日, 就醫日',
  'visit.admissionTime': 'admission time, admissiontime, visit time, 就診時間, 就醫時間, 看診時間, 入院時間',
  'visit.discharge':
    'discharge, discharge date, discharge datetime, stop, end date, 出院日期, 出院日, 離院日期',
  'visit.dischargeTime': 'discharge time, 出院時間, 離院時間',
  'visit.department':
    'department, dept, clinic, specialty, speciality, ward, service, 科別, 就診科別, 就醫科別, 看診科別, 部門',
  'visit.attender': 'doctor, physician, attender, attending, provider, 醫師, 主治醫師, 看診醫師, 醫師代號',
  'visit.reason': 'reason, chief complaint, complaint, 主訴, 就診原因, 就醫原因',
  'visit.payer': 'payer, payor, insurance, coverage, 身分別, 保險別, 付費別, 支付別, 保險身分',
  'visit.insurer':
    'insurer, insurance company, insurer name, payer name, payor name, 保險人, 保險公司, 承保公司',
  // Not “plan” and “group” alone: they are as often a plan of treatment and a group of blood.
  'visit.plan': 'insurance plan, plan name, plan id, policy plan, 保險方案, 方案名稱, 險種',
  'visit.payerGroup': 'insurance group, group number, employer, plan group, 團體代號, 保險團體, 投保單位',
  'visit.memberNumber':
    'member number, membernumber, member id, policy number, subscriber id, 會員編號, 保單號碼, 卡號',
  'visit.disposition': 'disposition, discharge disposition, 出院狀態, 出院情況, 轉歸, 離院方式',
  'patient.consent': 'consent, consent scope, research consent, 同意, 同意範圍, 研究同意, 同意事項',
  'patient.consentFrom': 'consent from, consent start, consent date, 同意日期, 同意起日, 同意書日期',
  'patient.consentTo':
    'consent to, consent until, consent end, consent expiry, 同意迄日, 同意到期日, 同意期限',
  'patient.consentRef':
    'consent ref, consent reference, consent form, consent number, consent no, 同意書, 同意書編號, 同意書號碼',
  'visit.note': 'note, notes, remark, remarks, comment, 備註, 附註, 病程記錄',
  'diagnosis.code':
    'dx, diagnosis, diagnosis code, icd, icd10, icd code, icd10 code, principal diagnosis, primary diagnosis, secondary diagnosis, dx code, 診斷, 診斷碼, 診斷代碼, 主診斷, 主診斷碼, 次診斷, 次診斷碼, 主要診斷, 次要診斷, 疾病代碼, 國際疾病代碼',
  'diagnosis.text':
    'diagnosis name, diagnosis text, diagnosis description, dx name, 診斷名稱, 診斷說明, 疾病名稱',
  'diagnosis.onAdmission':
    'poa, poa indicator, present on admission, dx poa, diagnosis poa, 入院時已存在, 入院時診斷, 入院已存在, 入院時存在',
  'procedure.code':
    'px, procedure, procedure code, order code, 處置, 處置碼, 處置代碼, 手術, 手術碼, 手術代碼, 醫令代碼, 醫令碼',
  'procedure.text': 'procedure name, procedure text, procedure description, 處置名稱, 手術名稱, 醫令名稱',
  'procedure.date': 'procedure date, operation date, 處置日期, 手術日期',
  'medicine.code':
    'meds, medication, medications, medicine, drug, drug code, medication code, rx, atc, atc code, prescription, 處方, 藥品代碼, 藥品, 用藥, 藥物, 藥碼',
  'medicine.name': 'drug name, medication name, medicine name, 藥名, 藥品名稱, 藥物名稱',
  'medicine.dose': 'dose, dosage, 劑量, 用量, 單次劑量',
  'medicine.doseUnit': 'dose unit, dosage unit, 劑量單位, 用量單位',
  'medicine.frequency': 'frequency, freq, sig, 頻率, 用法, 使用頻率, 頻次',
  'medicine.route': 'route, 途徑, 給藥途徑, 給藥方式',
  'medicine.days': 'days, days supply, supply days, 天數, 給藥日數, 給藥天數, 日份',
  'medicine.quantity': 'quantity, qty, total quantity, 總量, 數量, 總數量',
  'medicine.start': 'medicine start, drug start, order date, prescription date, 用藥起日, 開立日期, 處方日期',
  'medicine.end': 'medicine end, drug end, 用藥迄日, 處方迄日',
  'result.code':
    'test code, lab code, item code, loinc, loinc code, 檢驗代碼, 檢驗碼, 項目代碼, 檢驗項目代碼',
  'result.name':
    'test, test name, lab name, lab test, item, item name, analyte, 檢驗項目, 檢驗名稱, 項目名稱, 項目, 檢驗項目名稱',
  'result.value': 'value, result, result value, lab value, 結果, 檢驗值, 檢驗結果, 結果值, 報告值, 數值',
  'result.unit': 'unit, units, 單位, 檢驗單位',
  'result.low': 'low, ref low, lower limit, 參考值下限, 下限',
  'result.high': 'high, ref high, upper limit, 參考值上限, 上限',
  'result.range': 'reference, reference range, ref range, range, 參考值, 參考範圍, 參考區間',
  'result.flag': 'flag, abnormal, abnormal flag, 異常, 異常註記, 旗標, 高低',
  'result.collected':
    'specimen date, specimendate, collected, collection date, collection time, collected at, sample date, 採檢日期, 採檢時間, 採檢日, 採血日期, 檢體日期, 檢驗日期',
  'result.reported':
    'result date, resultdate, report date, reported, reported at, result time, 報告日期, 報告時間, 報告日, 結果日期',
  bloodPressure: 'bp, blood pressure, 血壓',
  'claim.id': 'claim id, claimid, claim no, 申報編號, 申報流水號',
  'claim.billed':
    'billed, billed amount, claim amount, charge, charges, total charge, amount, 申報金額, 醫療費用, 總金額, 費用',
  'claim.allowed': 'allowed, allowed amount, 核定金額, 核付金額',
  'claim.paid': 'paid, paid amount, payment, 給付金額, 支付金額, 健保給付',
  'claim.copay': 'copay, co pay, copayment, 部分負擔, 自付額, 部份負擔',
}

/** More names of tests than their own table has. */
const TEST_NAMES: Readonly<Record<string, string>> = {
  sbp: 'systolic, systolic bp, systolic pressure, 收縮壓, 血壓收縮壓',
  dbp: 'diastolic, diastolic bp, diastolic pressure, 舒張壓, 血壓舒張壓',
  hr: 'pulse, heart rate, pulse rate, 脈搏, 心率',
  rr: 'respiration, resp rate, 呼吸, 呼吸次數',
  temp: 'temperature, bt, 體溫',
  spo2: 'o2 sat, sao2, 血氧',
  height: 'body height, ht, 身高',
  weight: 'body weight, wt, bw, 體重',
  bmi: '身體質量指數',
  hba1c: 'a1c, hb a1c, glycated hemoglobin, 糖化血色素, 醣化血色素',
  glucF: 'ac sugar, fasting glucose, glucose ac, fbs, fpg, ac glucose, 飯前血糖, 空腹血糖',
  gluc: 'glucose, sugar, blood sugar, random glucose, pc sugar, 血糖, 隨機血糖, 飯後血糖',
  chol: 'cholesterol, tc, t chol, total cholesterol, 膽固醇, 總膽固醇',
  ldl: 'ldl, ldl c, ldlc, ldl cholesterol, 低密度脂蛋白, 低密度脂蛋白膽固醇',
  hdl: 'hdl, hdl c, hdlc, hdl cholesterol, 高密度脂蛋白, 高密度脂蛋白膽固醇',
  tg: 'triglyceride, triglycerides, 三酸甘油脂, 三酸甘油酯',
  creat: 'creatinine, cr, cre, crea, scr, 肌酸酐, 肌酐',
  egfr: 'gfr, 腎絲球過濾率',
  bun: 'urea nitrogen, 尿素氮, 血中尿素氮',
  uacr: 'acr, albumin creatinine ratio, 微量白蛋白',
  uric: 'ua, uric acid, 尿酸',
  na: 'sodium, 鈉',
  k: 'potassium, 鉀',
  cl: 'chloride, 氯',
  ca: 'calcium, 鈣',
  alt: 'gpt, sgpt, alt gpt, got gpt',
  ast: 'got, sgot, ast got',
  bili: 'bilirubin, t bil, total bilirubin, 總膽紅素',
  alb: 'albumin, 白蛋白',
  wbc: 'white blood cell, white cells, 白血球',
  rbc: 'red blood cell, 紅血球',
  hgb: 'hb, hemoglobin, haemoglobin, 血紅素, 血色素',
  hct: 'hematocrit, 血球容積',
  plt: 'platelet, platelets, 血小板',
  crp: 'c reactive protein',
  tsh: '甲狀腺刺激素, 促甲狀腺素',
  ft4: 'free t4, 游離甲狀腺素',
  psa: '攝護腺特異抗原',
  afp: '甲型胎兒蛋白, 甲種胎兒蛋白',
  smoking: 'smoking status, tobacco, 吸菸, 抽菸, 吸菸狀態',
}

const FIELD_OF = new Map<string, TableField>()
for (const [field, words] of Object.entries(SYNONYMS))
  for (const word of words.split(','))
    if (!FIELD_OF.has(normaliseHeader(word))) FIELD_OF.set(normaliseHeader(word), field as TableField)
for (const field of Object.keys(SYNONYMS)) FIELD_OF.set(normaliseHeader(field), field as TableField)

const TEST_OF = new Map<string, LabTest>()
for (const test of LAB_TESTS) {
  const words = [
    test.key,
    test.en,
    ...test.zh.split(/[/(]/),
    test.zh,
    test.loinc,
    ...(TEST_NAMES[test.key] ?? '').split(','),
  ]
  for (const word of words) {
    const name = normaliseHeader(word)
    if (name !== '' && !TEST_OF.has(name)) TEST_OF.set(name, test)
  }
}

/** The field that a header names, or null. A number at its end counts for nothing: `診斷2`, `dx_3`. */
export function fieldOfHeader(header: string): TableField | null {
  const name = normaliseHeader(header)
  return FIELD_OF.get(name) ?? FIELD_OF.get(name.replace(/[0-9]+$/, '')) ?? null
}

/** The test that a header, a name or a code means, or null. */
export function testOfName(name: string): LabTest | null {
  return TEST_OF.get(normaliseHeader(name)) ?? null
}

/** A header that ends in its unit: `HbA1c (%)`, `Glucose [mg/dL]`, `血糖(mg/dL)`. */
export function headerWithUnit(header: string): { name: string; unit: string } | null {
  const match = /^(.+?)\s*[([（【]\s*([^()[\]（）【】]+?)\s*[)\]）】]\s*$/.exec(
    header.normalize('NFKC').trim(),
  )
  return match === null ? null : { name: match[1]!, unit: match[2]! }
}

/** A column that says the unit of the test before it: `hba1cUnit`, `LDL unit`, `糖化血色素單位`. */
export function isUnitOf(header: string, test: LabTest): boolean {
  const match = /^(.*?)(unit|units|單位)$/.exec(normaliseHeader(header))
  return match !== null && (match[1] === '' || testOfName(match[1]!) === test)
}

export function codeOfTest(test: LabTest): { system: string; code: string; display: string } {
  return { system: LOINC_SYSTEM, code: test.loinc, display: test.en }
}

/* Words in cells */

const WORDS: Readonly<Record<WordField, Readonly<Record<string, string>>>> = {
  'patient.sex': {
    male: 'm, male, man, 男, 男性, 男生, 1',
    female: 'f, female, woman, 女, 女性, 女生, 2',
    other: 'other, o, 其他',
    unknown: 'unknown, u, 不詳, 未知, 9, 0',
  },
  'visit.class': {
    AMB: 'amb, ambulatory, outpatient, opd, o, op, clinic, 門診, 門, 01',
    EMER: 'emer, emergency, er, ed, e, 急診, 急, 02',
    IMP: 'imp, inpatient, ipd, i, ip, admission, 住院, 住, 03',
    OBSENC: 'obsenc, observation, 留觀, 觀察',
    HH: 'hh, home, home health, 居家, 居護',
    VR: 'vr, virtual, telehealth, 視訊, 遠距, 通訊診療',
    SS: 'ss, short stay, day care, day surgery, 日間住院, 日間手術',
    UNK: 'unk, unknown, 不詳',
  },
  'visit.payer': {
    NHI: 'nhi, 健保, 全民健保, 健保身分',
    SELF: 'self, self pay, selfpay, cash, none, 自費, 自付',
    PRIVATE: 'private, commercial, 商業保險, 私人保險',
    OTHER: 'other, public, government, 公費, 勞保, 其他, 職災',
  },
  'visit.status': {
    finished: 'finished, completed, done, closed, 完成, 已完成, 結束, 已出院',
    'in-progress': 'in progress, in-progress, open, active, 進行中, 住院中',
    planned: 'planned, booked, 預約, 已預約',
    cancelled: 'cancelled, canceled, no show, 取消, 已取消, 退掛',
    'entered-in-error': 'entered in error, entered-in-error, error, void, 作廢, 輸入錯誤, 註銷',
  },
  'patient.consent': {
    'treatment-and-research': 'treatment and research, research, yes, y, 同意, 治療與研究, 同意研究',
    'treatment-only': 'treatment only, treatment, no research, no, n, 不同意, 僅治療, 僅供治療, 不同意研究',
    all: 'all, everything, 全部, 全部同意',
    'no-insurer': 'no insurer, no insurers, everything but insurers, 不含保險',
  },
}

/**
 * Presence on admission, as UB-04 writes it, and its words. A `1` of a table is no word: there it is a yes of a column of 0
 * and 1 as often as a code that needs no statement.
 */
const ON_ADMISSION: Readonly<Record<NonNullable<Diagnosis['presentOnAdmission']>, string>> = {
  Y: 'y, yes, true, 是, 有',
  N: 'n, no, false, 否, 非, 無, 沒有',
  U: 'u, unknown, 不詳, 未知',
  W: 'w, undetermined, clinically undetermined, 無法判定, 臨床無法判定',
  '1': 'e, exempt, 免填, 免報',
}

export function onAdmissionMeaning(cell: string): Diagnosis['presentOnAdmission'] | null {
  const word = normaliseHeader(cell)
  for (const [value, words] of Object.entries(ON_ADMISSION))
    if (words.split(',').some((each) => normaliseHeader(each) === word))
      return value as NonNullable<Diagnosis['presentOnAdmission']>
  return null
}

const WORD_OF = new Map<string, string>()
for (const [field, values] of Object.entries(WORDS))
  for (const [value, words] of Object.entries(values))
    for (const word of words.split(',')) WORD_OF.set(`${field}|${normaliseHeader(word)}`, value)

export function wordMeaning(field: keyof typeof WORDS, cell: string): string | null {
  return WORD_OF.get(`${field}|${normaliseHeader(cell)}`) ?? null
}
