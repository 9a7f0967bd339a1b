/**
 * Templates of the entry screen: which fields a department sees and in which order, its laboratory panels, the diagnoses
 * it writes most, and what a visit there should not lack. Data only; what is hidden is never lost, because a field that
 * holds something is always shown.
 */
import { LAB_TESTS } from '../../../../shared/domain/lab-tests.ts'
import { labNamed } from '../../../../shared/domain/lab-search.ts'
import { countRows, VITALS, type VisitForm, type VitalKey } from './form.ts'
import { typedOf } from './vital-sets.ts'

export interface Panel {
  readonly en: string
  readonly zh: string
  /** Keys of tests, in the order of the paper. */
  readonly tests: readonly string[]
}

export interface VisitTemplate {
  readonly id: string
  /** Raised with each change, so that it can be said by which one a visit was entered. */
  readonly version: number
  readonly en: string
  readonly zh: string
  /** Departments (codes of the national insurance) that begin with it. */
  readonly departments: readonly string[]
  /** Sections after the visit itself, by their numbers, in order. */
  readonly sections: readonly SectionNumber[]
  /** In order. */
  readonly vitals: readonly VitalKey[]
  readonly panels: readonly Panel[]
  /** Codes shown before anything is typed. */
  readonly diagnoses: readonly string[]
  /** `vitals.sbp`, `labs.hba1c`, `smoking`: asked about once when missing, never refused. */
  readonly expected: readonly string[]
  /** The same, and a new visit is not signed without them. */
  readonly required?: readonly string[]
  /** Null for the hospital's, absent for a built-in one. */
  readonly owner?: string | null
}
export type SectionNumber = 3 | 4 | 5 | 6 | 7 | 8

const CHART: readonly SectionNumber[] = [3, 4, 5, 6, 7, 8]
const BASIC: Panel = {
  en: 'Basic chemistry',
  zh: '基本生化',
  tests: ['gluc', 'bun', 'creat', 'na', 'k', 'alt'],
}
const LIPIDS: Panel = { en: 'Lipids', zh: '血脂', tests: ['chol', 'tg', 'hdl', 'ldl'] }
const BLOOD_COUNT: Panel = {
  en: 'Blood count',
  zh: '血液常規',
  tests: ['wbc', 'rbc', 'hgb', 'hct', 'mcv', 'plt'],
}
const LIVER: Panel = { en: 'Liver', zh: '肝功能', tests: ['ast', 'alt', 'alp', 'bili', 'alb', 'tp'] }

export const TEMPLATES: readonly VisitTemplate[] = [
  {
    id: 'general',
    version: 1,
    en: 'General outpatient',
    zh: '一般門診',
    departments: [],
    sections: CHART,
    vitals: VITALS,
    panels: [BASIC, LIPIDS, BLOOD_COUNT],
    diagnoses: ['J069', 'I10', 'E785', 'K219', 'M5450'],
    expected: [],
  },
  {
    id: 'diabetes',
    version: 1,
    en: 'Diabetes',
    zh: '糖尿病',
    departments: [],
    sections: CHART,
    vitals: ['sbp', 'dbp', 'hr', 'height', 'weight'],
    panels: [
      {
        en: 'Diabetes control',
        zh: '糖尿病追蹤',
        tests: ['hba1c', 'glucF', 'ldl', 'creat', 'egfr', 'uacr'],
      },
      LIPIDS,
      BASIC,
    ],
    diagnoses: ['E119', 'E1122', 'E1165', 'I10', 'E785'],
    expected: ['vitals.sbp', 'vitals.weight', 'labs.hba1c'],
  },
  {
    id: 'cardiology',
    version: 1,
    en: 'Hypertension and heart',
    zh: '高血壓與心臟',
    departments: [],
    sections: CHART,
    vitals: ['sbp', 'dbp', 'hr', 'spo2', 'height', 'weight'],
    panels: [
      { en: 'Heart', zh: '心臟', tests: ['ntprobnp', 'tropI', 'k', 'creat', 'lvef'] },
      LIPIDS,
      { en: 'Anticoagulation', zh: '抗凝', tests: ['inr', 'hgb', 'plt'] },
    ],
    diagnoses: ['I10', 'I2510', 'I4891', 'I509', 'E785'],
    expected: ['vitals.sbp', 'vitals.hr'],
  },
  {
    id: 'nephrology',
    version: 1,
    en: 'Nephrology',
    zh: '腎臟',
    departments: ['2B'],
    sections: CHART,
    vitals: ['sbp', 'dbp', 'hr', 'weight', 'height'],
    panels: [
      {
        en: 'Kidney',
        zh: '腎功能',
        tests: ['creat', 'egfr', 'bun', 'k', 'na', 'uacr'],
      },
      { en: 'Bone and minerals', zh: '骨礦物質', tests: ['ca', 'phos', 'alp', 'alb', 'vitd'] },
      BLOOD_COUNT,
    ],
    diagnoses: ['N1830', 'N184', 'N186', 'I10', 'E1122'],
    expected: ['vitals.sbp', 'labs.creat', 'labs.k'],
  },
  {
    id: 'emergency',
    version: 1,
    en: 'Emergency',
    zh: '急診',
    departments: ['22'],
    sections: [3, 5, 4, 6, 7, 8],
    vitals: ['sbp', 'dbp', 'hr', 'rr', 'temp', 'spo2', 'pain'],
    panels: [BASIC, BLOOD_COUNT, { en: 'Chest pain', zh: '胸痛', tests: ['tropI', 'ntprobnp', 'k', 'inr'] }],
    diagnoses: ['R079', 'R109', 'R509', 'R55', 'I219'],
    expected: ['encounter.reason', 'vitals.sbp', 'vitals.hr', 'vitals.rr', 'vitals.temp', 'vitals.spo2'],
  },
  {
    id: 'surgery',
    version: 1,
    en: 'Surgery, inpatient',
    zh: '外科住院',
    departments: ['03'],
    sections: [3, 5, 6, 4, 7, 8],
    vitals: ['sbp', 'dbp', 'hr', 'rr', 'temp', 'spo2', 'height', 'weight', 'pain'],
    panels: [
      BLOOD_COUNT,
      BASIC,
      { en: 'Before surgery', zh: '術前檢查', tests: ['inr', 'plt', 'hgb', 'alb'] },
    ],
    diagnoses: ['K3580', 'K8020', 'K4090', 'K56609', 'L0390'],
    expected: ['vitals.temp', 'vitals.pain'],
  },
  {
    id: 'oncology',
    version: 1,
    en: 'Oncology',
    zh: '腫瘤',
    departments: ['85'],
    sections: [3, 5, 4, 6, 7, 8],
    vitals: ['sbp', 'dbp', 'hr', 'temp', 'height', 'weight', 'pain'],
    panels: [BLOOD_COUNT, { en: 'Tumour markers', zh: '腫瘤標記', tests: ['cea', 'afp', 'psa'] }, LIVER],
    diagnoses: ['C3490', 'C50919', 'C189', 'C220', 'Z5111'],
    expected: ['vitals.weight', 'vitals.pain'],
  },
  {
    id: 'health-check',
    version: 1,
    en: 'Health check',
    zh: '健康檢查',
    // Of no department: most visits to family medicine are none.
    departments: [],
    sections: CHART,
    vitals: ['sbp', 'dbp', 'hr', 'height', 'weight'],
    panels: [
      {
        en: 'Health check',
        zh: '健檢套組',
        tests: ['glucF', 'chol', 'tg', 'hdl', 'ldl', 'creat', 'alt', 'ast', 'uric'],
      },
      BLOOD_COUNT,
      { en: 'Hepatitis', zh: '肝炎', tests: ['hbsag', 'hcvab', 'alt'] },
    ],
    diagnoses: ['Z0000', 'Z0001', 'E785', 'R7303', 'E669'],
    expected: ['vitals.sbp', 'vitals.height', 'vitals.weight', 'smoking'],
  },
]

/** The hospital's own, as the room read them last: they go before the built-in ones. */
let ownTemplates: readonly VisitTemplate[] = []
export const setOwnTemplates = (templates: readonly VisitTemplate[]): void => {
  ownTemplates = templates
}
const allTemplates = (): readonly VisitTemplate[] => [...ownTemplates, ...TEMPLATES]

export const templateOf = (id: string): VisitTemplate =>
  allTemplates().find((each) => each.id === id) ?? TEMPLATES[0]!

/** The template that a department begins with; null where it has none of its own. */
export const templateOfDepartment = (code: string | undefined): VisitTemplate | null =>
  (code !== undefined && allTemplates().find((each) => each.departments.includes(code))) || null

/** Vital signs to show: the template's in its order, and behind them whatever else is needed or holds a value. */
export function vitalsShown(template: VisitTemplate, vitals: VisitForm['vitals']): readonly VitalKey[] {
  const isNeeded = (key: VitalKey) => template.required?.includes(`vitals.${key}`) === true
  const further = VITALS.filter((key) => vitals[key].trim() !== '' || isNeeded(key))
  return [...new Set([...template.vitals, ...further])]
}

/** The first panel with a test that the form does not have yet, and those tests; null when all are there. */
export function nextPanel(
  template: VisitTemplate,
  form: VisitForm,
): { panel: Panel; tests: readonly string[] } | null {
  const have = new Set(form.labs.map((row) => row.test.code?.code))
  for (const panel of template.panels) {
    const missing = panel.tests.filter((key) => !have.has(LAB_TESTS.find((test) => test.key === key)?.loinc))
    // A panel is one paper: what is on two of them does not bring it back.
    if (
      missing.length === panel.tests.length ||
      (missing.length > 0 && missing.length * 2 > panel.tests.length)
    )
      return { panel, tests: missing }
  }
  return null
}

/** What the template expects of a new visit and the form lacks, as fields of the form. */
export const missingOf = (template: VisitTemplate, form: VisitForm): readonly string[] =>
  form.source === null
    ? template.expected.filter((field) => !template.required?.includes(field) && isLacking(form, field))
    : []

/** What a new visit needs under this template and does not have. A correction says what was so, whatever is needed today. */
export const neededOf = (template: VisitTemplate, form: VisitForm): readonly string[] =>
  form.source === null ? (template.required ?? []).filter((field) => isLacking(form, field)) : []

/** Fields beside vital signs and results that a template may expect or require. */
export const TEMPLATE_FIELDS = [
  'encounter.reason',
  'encounter.department',
  'encounter.attender',
  'smoking',
  'procedures',
  'medicines',
  'notes',
] as const

export function isTemplateField(field: string): boolean {
  const [place, key = ''] = field.split('.')
  if (place === 'vitals') return VITALS.some((each) => each === key)
  if (place === 'labs') return LAB_TESTS.some((test) => test.key === key)
  return TEMPLATE_FIELDS.some((each) => each === field)
}

function isLacking(form: VisitForm, field: string): boolean {
  const [place, key = ''] = field.split('.')
  switch (place) {
    case 'vitals':
      return typedOf(form, key as VitalKey).length === 0
    case 'labs': {
      const loinc = LAB_TESTS.find((test) => test.key === key)?.loinc
      // That a test was not done, and why, is an answer.
      const isSaid = (row: VisitForm['labs'][number]) => row.value.trim() !== '' || row.absent !== ''
      // A name of the table that nobody chose from it means that test all the same (`readLab`).
      const loincOf = ({ test }: VisitForm['labs'][number]) =>
        test.code === null ? labNamed(test.text)?.loinc : test.code.code
      return !form.labs.some((row) => isSaid(row) && loincOf(row) === loinc)
    }
    case 'encounter': {
      const { reason, attender, department } = form.encounter
      if (key === 'department') return department.code === null && department.text.trim() === ''
      return (key === 'attender' ? attender : reason).trim() === ''
    }
    case 'procedures':
    case 'medicines':
      return countRows(form, place) === 0
    case 'notes':
      return form.notes.trim() === ''
    default:
      return form.smoking === ''
  }
}
