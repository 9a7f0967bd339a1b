/** Finding a laboratory test by key, code or words of either language; best first. Pure. */
import { LAB_TESTS, type LabTest } from './lab-tests.ts'

const LABS = LAB_TESTS.filter((test) => test.kind === 'lab' || test.kind === 'imaging')

export function searchLabs(text: string, limit: number): readonly LabTest[] {
  const wanted = text.normalize('NFKC').trim().toLowerCase()
  if (wanted === '') return LABS.slice(0, limit)
  const scored = LABS.flatMap((test, place) => {
    const score = scoreOf(test, wanted)
    return score === 0 ? [] : [{ test, score, place }]
  })
  return scored
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, limit)
    .map((each) => each.test)
}

function scoreOf(test: LabTest, wanted: string): number {
  const key = test.key.toLowerCase()
  if (labNamed(wanted) === test) return 95
  if (key === wanted || test.loinc === wanted) return 100
  if (key.startsWith(wanted)) return 80 - key.length
  const en = test.en.toLowerCase()
  if (en === wanted || test.zh === wanted) return 90
  if (en.startsWith(wanted) || test.zh.startsWith(wanted)) return 60
  if (en.split(/[^a-z0-9]+/).some((word) => word.startsWith(wanted))) return 40
  if (test.loinc.startsWith(wanted)) return 35
  if (test.zh.includes(wanted) || en.includes(wanted)) return 20
  // `hemo a1c`: every word somewhere.
  const words = wanted.split(/\s+/)
  return words.length > 1 && words.every((word) => en.includes(word) || key.includes(word)) ? 15 : 0
}

/** How laboratories write tests that the table calls otherwise; folded to letters and digits. */
const WRITTEN: Readonly<Record<string, string>> = {
  a1c: 'hba1c',
  glycatedhemoglobin: 'hba1c',
  gluac: 'glucF',
  acsugar: 'glucF',
  fastingglucose: 'glucF',
  fpg: 'glucF',
  飯前血糖: 'glucF',
  glu: 'gluc',
  glupc: 'gluc',
  sugar: 'gluc',
  血糖: 'gluc',
  飯後血糖: 'gluc',
  tcho: 'chol',
  cholesterol: 'chol',
  totalcholesterol: 'chol',
  ldlc: 'ldl',
  ldlcholesterol: 'ldl',
  hdlc: 'hdl',
  triglyceride: 'tg',
  cr: 'creat',
  crea: 'creat',
  creatinine: 'creat',
  ckdepi: 'egfr',
  urea: 'bun',
  ua: 'uric',
  potassium: 'k',
  calcium: 'ca',
  p: 'phos',
  gpt: 'alt',
  sgpt: 'alt',
  altgpt: 'alt',
  gptalt: 'alt',
  got: 'ast',
  sgot: 'ast',
  astgot: 'ast',
  gotast: 'ast',
  alkp: 'alp',
  tbil: 'bili',
  bilirubintotal: 'bili',
  albumin: 'alb',
  hb: 'hgb',
  haemoglobin: 'hgb',
  plateletcount: 'plt',
  platelet: 'plt',
  ptinr: 'inr',
  troponini: 'tropI',
  tni: 'tropI',
  acr: 'uacr',
  microalbumincreatinine: 'uacr',
  freet4: 'ft4',
  bpsystolic: 'sbp',
  bpdiastolic: 'dbp',
  pulse: 'hr',
  bt: 'temp',
  bw: 'weight',
  bh: 'height',
  antihcv: 'hcvab',
}
const foldName = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** The test with exactly this name, key, code or usual abbreviation; null rather than a guess. */
export function labNamed(text: string): LabTest | null {
  return NAMED.get(foldName(text)) ?? null
}

const NAMED: ReadonlyMap<string, LabTest> = new Map([
  ...LAB_TESTS.flatMap((test) =>
    [test.key, test.loinc, test.en, test.zh].map((name) => [foldName(name), test] as const),
  ),
  ...Object.entries(WRITTEN).flatMap(([name, key]) => {
    const test = LAB_TESTS.find((each) => each.key === key)
    return test ? [[name, test] as const] : []
  }),
])
