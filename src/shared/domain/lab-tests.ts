/**
 * The 57 vital signs and laboratory tests that forms, checks and the generator know: unit, decimals, limits, default
 * reference range, and how other units are converted (canonical = value · factor + offset). Limits and ranges are
 * defaults for checks at entry, for adults, and no clinical advice: a laboratory's own range always wins.
 *
 * Identifiers are LOINC codes (see LOINC_NOTICE); names, limits and factors are our own table.
 */

export const LOINC_SYSTEM = 'http://loinc.org'

/** To be shown wherever the table is shown or exported. */
export const LOINC_NOTICE =
  'This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and ' +
  'the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the ' +
  'license at http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc.'

/** Closed interval; null = open on that side. */
export type Limits = readonly [low: number | null, high: number | null]

export interface UnitRule {
  readonly unit: string
  readonly factor: number
  readonly offset: number
}

export type LabKind = 'vital' | 'lab' | 'survey' | 'social' | 'imaging'

export interface LabTest {
  /** Short key, stable: message catalogues, templates and the generator use it. */
  readonly key: string
  readonly loinc: string
  readonly kind: LabKind
  readonly en: string
  readonly zh: string
  /** UCUM; empty for tests whose result is no number. */
  readonly unit: string
  /** Digits behind the point that a person usually enters. */
  readonly decimals: number
  /** Outside: refused. Null: not a number. */
  readonly hard: Limits | null
  /** Outside: asked once. */
  readonly soft: Limits | null
  /** Default reference range. */
  readonly reference: Limits | null
  /** Other units that are understood, beside `unit` itself. */
  readonly otherUnits: readonly UnitRule[]
}

// prettier-ignore
export const LAB_TESTS: readonly LabTest[] = [
  test('sbp', '8480-6', 'vital', 'Systolic blood pressure', '收縮壓', 'mm[Hg]', 0, [40, 300], [80, 200], [90, 130], [['mmHg', 1], ['kPa', 7.50062]]),
  test('dbp', '8462-4', 'vital', 'Diastolic blood pressure', '舒張壓', 'mm[Hg]', 0, [20, 200], [40, 120], [60, 80], [['mmHg', 1], ['kPa', 7.50062]]),
  test('hr', '8867-4', 'vital', 'Heart rate', '心跳', '/min', 0, [20, 300], [40, 160], [60, 100], [['beats/min', 1], ['beats/minute', 1], ['bpm', 1], ['{beats}/min', 1]]),
  test('rr', '9279-1', 'vital', 'Respiratory rate', '呼吸速率', '/min', 0, [3, 80], [8, 35], [12, 20], [['breaths/minute', 1], ['{breaths}/min', 1]]),
  test('temp', '8310-5', 'vital', 'Body temperature', '體溫', 'Cel', 1, [25, 45], [34, 40.5], [36, 37.5], [['C', 1], ['°C', 1], ['[degF]', 0.5555556, -17.777778], ['F', 0.5555556, -17.777778]]),
  test('spo2', '59408-5', 'vital', 'Oxygen saturation by pulse oximetry', '血氧飽和度', '%', 0, [30, 100], [85, 100], [95, 100], []),
  test('height', '8302-2', 'vital', 'Body height', '身高', 'cm', 1, [20, 260], [120, 210], null, [['m', 100], ['[in_i]', 2.54], ['in', 2.54]]),
  test('weight', '29463-7', 'vital', 'Body weight', '體重', 'kg', 1, [0.2, 400], [30, 200], null, [['g', 0.001], ['[lb_av]', 0.45359237], ['lb', 0.45359237]]),
  test('bmi', '39156-5', 'vital', 'Body mass index', '身體質量指數', 'kg/m2', 1, [8, 90], [14, 55], [18.5, 24], []),
  test('pain', '72514-3', 'survey', 'Pain severity 0-10', '疼痛指數', '{score}', 0, [0, 10], [0, 10], null, []),
  test('hba1c', '4548-4', 'lab', 'Hemoglobin A1c', '糖化血色素', '%', 1, [3, 20], [4, 14], [4, 5.6], [['mmol/mol', 0.0915, 2.152], ['{IFCC}', 0.0915, 2.152]]),
  test('glucF', '1558-6', 'lab', 'Glucose, fasting', '空腹血糖', 'mg/dL', 0, [10, 1500], [40, 500], [70, 99], [['mmol/L', 18.0156]]),
  test('gluc', '2345-7', 'lab', 'Glucose', '血糖(隨機)', 'mg/dL', 0, [10, 2000], [40, 600], [70, 140], [['mmol/L', 18.0156]]),
  test('chol', '2093-3', 'lab', 'Cholesterol, total', '總膽固醇', 'mg/dL', 0, [20, 1200], [80, 400], [null, 200], [['mmol/L', 38.67]]),
  test('ldl', '13457-7', 'lab', 'LDL cholesterol (calculated)', '低密度脂蛋白(計算)', 'mg/dL', 0, [5, 800], [20, 300], [null, 130], [['mmol/L', 38.67]]),
  test('ldlD', '18262-6', 'lab', 'LDL cholesterol (direct)', '低密度脂蛋白(直接)', 'mg/dL', 0, [5, 800], [20, 300], [null, 130], [['mmol/L', 38.67]]),
  test('hdl', '2085-9', 'lab', 'HDL cholesterol', '高密度脂蛋白', 'mg/dL', 0, [2, 200], [15, 120], [40, null], [['mmol/L', 38.67]]),
  test('tg', '2571-8', 'lab', 'Triglycerides', '三酸甘油酯', 'mg/dL', 0, [10, 10000], [30, 1500], [null, 150], [['mmol/L', 88.57]]),
  test('creat', '2160-0', 'lab', 'Creatinine, serum', '肌酸酐', 'mg/dL', 2, [0.1, 40], [0.3, 12], [0.6, 1.2], [['umol/L', 0.011312], ['µmol/L', 0.011312]]),
  test('egfr', '98979-8', 'lab', 'eGFR CKD-EPI 2021', '腎絲球過濾率估算', 'mL/min/{1.73_m2}', 0, [1, 250], [5, 150], [60, null], [['mL/min', 1]]),
  test('bun', '3094-0', 'lab', 'Urea nitrogen', '尿素氮', 'mg/dL', 0, [1, 300], [3, 150], [7, 20], [['mmol/L', 2.8011]]),
  test('uacr', '9318-7', 'lab', 'Albumin/creatinine, urine', '尿液白蛋白/肌酸酐比', 'mg/g', 1, [0, 30000], [0, 5000], [null, 30], [['mg/mmol', 8.84]]),
  test('uric', '3084-1', 'lab', 'Uric acid', '尿酸', 'mg/dL', 1, [0.2, 40], [1, 15], [3.5, 7.2], [['umol/L', 0.016811]]),
  test('na', '2951-2', 'lab', 'Sodium', '鈉', 'mmol/L', 0, [90, 200], [120, 160], [136, 145], [['meq/L', 1]]),
  test('k', '2823-3', 'lab', 'Potassium', '鉀', 'mmol/L', 1, [1, 12], [2.5, 7], [3.5, 5.1], [['meq/L', 1]]),
  test('cl', '2075-0', 'lab', 'Chloride', '氯', 'mmol/L', 0, [50, 160], [80, 125], [98, 107], [['meq/L', 1]]),
  test('co2', '2028-9', 'lab', 'Carbon dioxide, total', '二氧化碳總量', 'mmol/L', 0, [3, 60], [10, 45], [22, 29], [['meq/L', 1]]),
  test('ca', '17861-6', 'lab', 'Calcium', '鈣', 'mg/dL', 1, [3, 20], [6, 14], [8.6, 10.2], [['mmol/L', 4.008]]),
  test('phos', '2777-1', 'lab', 'Phosphate', '磷', 'mg/dL', 1, [0.3, 20], [1, 12], [2.5, 4.5], [['mmol/L', 3.0974]]),
  test('alt', '1742-6', 'lab', 'ALT', '丙胺酸轉胺酶', 'U/L', 0, [1, 20000], [3, 2000], [null, 40], [['[iU]/L', 1], ['IU/L', 1], ['ukat/L', 60]]),
  test('ast', '1920-8', 'lab', 'AST', '天門冬胺酸轉胺酶', 'U/L', 0, [1, 20000], [3, 2000], [null, 40], [['[iU]/L', 1], ['IU/L', 1], ['ukat/L', 60]]),
  test('alp', '6768-6', 'lab', 'Alkaline phosphatase', '鹼性磷酸酶', 'U/L', 0, [1, 10000], [10, 1500], [40, 130], [['[iU]/L', 1]]),
  test('bili', '1975-2', 'lab', 'Bilirubin, total', '總膽紅素', 'mg/dL', 1, [0.05, 80], [0.1, 30], [0.2, 1.2], [['umol/L', 0.058475]]),
  test('alb', '1751-7', 'lab', 'Albumin', '白蛋白', 'g/dL', 1, [0.5, 8], [1.5, 6], [3.5, 5.2], [['g/L', 0.1]]),
  test('tp', '2885-2', 'lab', 'Protein, total', '總蛋白', 'g/dL', 1, [1, 15], [3, 10], [6.4, 8.3], [['g/L', 0.1]]),
  test('wbc', '6690-2', 'lab', 'Leukocytes', '白血球', '10*3/uL', 2, [0.01, 900], [1, 50], [4, 10], [['10*9/L', 1], ['K/uL', 1], ['/uL', 0.001], ['10^3/uL', 1]]),
  test('rbc', '789-8', 'lab', 'Erythrocytes', '紅血球', '10*6/uL', 2, [0.5, 12], [2, 8], [4.2, 5.9], [['10*12/L', 1], ['M/uL', 1]]),
  test('hgb', '718-7', 'lab', 'Hemoglobin', '血色素', 'g/dL', 1, [1, 30], [5, 20], [12, 17], [['g/L', 0.1], ['mmol/L', 1.6114]]),
  test('hct', '4544-3', 'lab', 'Hematocrit', '血球容積比', '%', 1, [3, 80], [15, 60], [36, 50], [['L/L', 100]]),
  test('plt', '777-3', 'lab', 'Platelets', '血小板', '10*3/uL', 0, [1, 3000], [20, 1000], [150, 400], [['10*9/L', 1], ['K/uL', 1]]),
  test('mcv', '787-2', 'lab', 'MCV', '平均紅血球體積', 'fL', 1, [40, 160], [60, 120], [80, 100], []),
  test('inr', '6301-6', 'lab', 'INR', '國際標準化比值', '{INR}', 2, [0.4, 20], [0.8, 8], [0.8, 1.2], [['1', 1]]),
  test('crp', '1988-5', 'lab', 'C reactive protein', 'C反應蛋白', 'mg/L', 1, [0, 600], [0, 300], [null, 5], [['mg/dL', 10]]),
  test('hscrp', '30522-7', 'lab', 'C reactive protein, high sensitivity', '高敏感度C反應蛋白', 'mg/L', 2, [0, 100], [0, 50], [null, 3], [['mg/dL', 10]]),
  test('tropI', '10839-9', 'lab', 'Troponin I', '心肌旋轉蛋白I', 'ng/mL', 3, [0, 1000], [0, 100], [null, 0.04], [['ng/L', 0.001], ['pg/mL', 0.001]]),
  test('ntprobnp', '33762-6', 'lab', 'NT-proBNP', 'N端前腦利鈉肽', 'pg/mL', 0, [0, 200000], [0, 35000], [null, 125], [['ng/L', 1], ['pmol/L', 8.457]]),
  test('tsh', '3016-3', 'lab', 'TSH', '甲狀腺刺激素', 'm[IU]/L', 2, [0, 500], [0.01, 100], [0.4, 4], [['mIU/L', 1], ['u[IU]/mL', 1], ['uIU/mL', 1]]),
  test('ft4', '3024-7', 'lab', 'Free T4', '游離甲狀腺素', 'ng/dL', 2, [0.05, 15], [0.3, 6], [0.8, 1.8], [['pmol/L', 0.0777]]),
  test('vitd', '1989-3', 'lab', '25-OH vitamin D3', '25-羥基維生素D', 'ng/mL', 1, [1, 300], [5, 150], [30, 100], [['nmol/L', 0.4006]]),
  test('ferritin', '2276-4', 'lab', 'Ferritin', '鐵蛋白', 'ng/mL', 0, [0.5, 100000], [5, 2000], [20, 300], [['ug/L', 1]]),
  test('psa', '2857-1', 'lab', 'PSA', '攝護腺特異抗原', 'ng/mL', 2, [0, 20000], [0, 200], [null, 4], [['ug/L', 1]]),
  test('afp', '1834-1', 'lab', 'Alpha-1-fetoprotein', '甲型胎兒蛋白', 'ng/mL', 1, [0, 2000000], [0, 1000], [null, 10], [['ug/L', 1]]),
  test('cea', '2039-6', 'lab', 'CEA', '癌胚抗原', 'ng/mL', 1, [0, 200000], [0, 500], [null, 5], [['ug/L', 1]]),
  test('hbsag', '5196-1', 'lab', 'Hepatitis B surface antigen', 'B型肝炎表面抗原', '', 0, null, null, null, []),
  test('hcvab', '16128-1', 'lab', 'Hepatitis C antibody', 'C型肝炎抗體', '', 0, null, null, null, []),
  test('lvef', '10230-1', 'imaging', 'LV ejection fraction', '左心室射出分率', '%', 0, [5, 95], [15, 80], [50, null], []),
  test('smoking', '72166-2', 'social', 'Tobacco smoking status', '吸菸狀態', '', 0, null, null, null, []),
]

const BY_LOINC: ReadonlyMap<string, LabTest> = new Map(LAB_TESTS.map((each) => [each.loinc, each]))
const BY_KEY: ReadonlyMap<string, LabTest> = new Map(LAB_TESTS.map((each) => [each.key, each]))

/** The test of a coding. System and code both count: the CDC race system has codes of LOINC's shape. */
export function labTestOf(coding: { system: string; code: string }): LabTest | null {
  return coding.system === LOINC_SYSTEM ? (BY_LOINC.get(coding.code) ?? null) : null
}

export function labTestByKey(key: string): LabTest | null {
  return BY_KEY.get(key) ?? null
}

/** LOINC's check digit: Luhn's algorithm over the digits before the hyphen. */
export function isLoincCode(code: string): boolean {
  const match = /^([0-9]{1,7})-([0-9])$/.exec(code)
  if (match === null) return false
  const digits = match[1]!
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const weighted = i % 2 === 0 ? 2 * digit : digit
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return (10 - (sum % 10)) % 10 === Number(match[2])
}

function test(
  key: string,
  loinc: string,
  kind: LabKind,
  en: string,
  zh: string,
  unit: string,
  decimals: number,
  hard: Limits | null,
  soft: Limits | null,
  reference: Limits | null,
  others: readonly (readonly [unit: string, factor: number, offset?: number])[],
): LabTest {
  const otherUnits = others.map(([name, factor, offset = 0]) => ({ unit: name, factor, offset }))
  return { key, loinc, kind, en, zh, unit, decimals, hard, soft, reference, otherUnits }
}
