/**
 * Cohorts: `npm run bench -- cohort [VISITS]` (1,000,000). Loads facts of that many visits, asks one question of four rules cold,
 * then changes it twenty times as somebody at the screen would, and asks DuckDB the same by one query written by hand, which
 * keeps nothing between questions.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { appendRun, SQL_TYPES } from '../src/main/analytics/warehouse/columns-into.ts'
import { runOf, type FactRun } from '../src/main/analytics/facts/fact-columns.ts'
import { FACT_TABLE_NAMES, FACT_TABLES, type Facts } from '../src/main/analytics/facts/fact-tables.ts'
import { openWarehouse } from '../src/main/analytics/warehouse/warehouse.ts'
import type { CohortDefinition, CohortRule } from '../src/shared/domain/cohort.ts'

const VISITS = Number(process.argv[2] ?? 1_000_000)
const PATIENTS = Math.ceil(VISITS / 10)
const RUN = 10_000
const threads = 2

/** Park and Miller: the same numbers every time. */
let state = 42
const dice = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
const pick = <T>(list: readonly T[]): T => list[Math.floor(dice() * list.length)]!

const DIAGNOSES = [
  'E119',
  'E1122',
  'I10',
  'E785',
  'N1830',
  'E669',
  'Z0000',
  'I214',
  'I639',
  'J069',
  'M545',
  'K219',
]
const MEDICINES = ['C10AA05', 'A10BA02', 'C09AA05']
const TESTS = [
  ['4548-4', 4, 12],
  ['18262-6', 50, 220],
  ['8480-6', 95, 190],
  ['2160-0', 0.5, 3],
] as const

function factsOfVisit(block: number): Facts {
  const patient = Math.floor(dice() * PATIENTS)
  const day = 15_000 + Math.floor((block / VISITS) * 3_650)
  const birth = -20_000 + ((patient * 7_919) % 25_000)
  return {
    visit: [
      {
        block,
        patient: `p${patient}`,
        supersedes: null,
        op: 0,
        day,
        discharge: null,
        class: dice() < 0.9 ? 0 : 2,
        status: 2,
        hospital: `H${patient % 5}`,
        department: null,
        payer: patient % 3,
        organisation: null,
        plan: null,
        memberGroup: null,
        disposition: null,
        died: 0,
        sex: patient % 2,
        birth,
        birthPrecision: 3,
        deathFrom: null,
        death: null,
        region: null,
        consent: 0,
        consentFrom: null,
        consentTo: null,
        recorded: 0,
        origin: 4,
      },
    ],
    observation: TESTS.map(([code, low, high], seq) => ({
      block,
      seq,
      system: 'http://loinc.org',
      code,
      status: 2,
      value: low + dice() * (high - low),
      comparator: null,
      unit: 'u',
      canonical: low + dice() * (high - low),
      valueCode: null,
      textValue: null,
      known: day,
      collected: day,
    })),
    diagnosis: [0, 1].map((seq) => ({
      block,
      seq,
      code: pick(DIAGNOSES),
      role: seq,
      rank: seq + 1,
      verification: 0,
      onset: null,
      presentOnAdmission: null,
      chronic: null,
    })),
    procedure: [],
    prescription:
      dice() < 0.5
        ? [
            {
              block,
              seq: 0,
              code: pick(MEDICINES),
              start: day,
              end: null,
              daysSupply: 28,
              perDay: 1,
              status: 0,
              intent: 0,
            },
          ]
        : [],
    claim: [],
  }
}

function definitionOf(change: number): CohortDefinition {
  const result = (atLeast: string, from: number): CohortRule => ({
    kind: 'occurs',
    event: { kind: 'result', test: 'hba1c', value: { atLeast } },
    window: { from, to: 0 },
    atLeast: 2,
    withinDays: 365,
  })
  // What people change while they look at the counts: a limit, a window, an age, a code.
  return {
    schema: 'cohort/1',
    title: 'Diabetes at forty and more',
    codeSets: {
      dm: {
        kind: 'diagnosis',
        name: 'Diabetes',
        include: ['E11*'],
        exclude: change % 4 === 3 ? ['E1122'] : [],
      },
      cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I63*'], exclude: [] },
      statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
    },
    entry: {
      event: { kind: 'diagnosis', codes: 'dm' },
      priorDays: 180,
      washout: { event: { kind: 'diagnosis', codes: 'cvd' }, days: 365 },
      which: 'first',
    },
    steps: [
      { use: 'include', rule: { kind: 'age', atLeast: 40 + (change % 7) } },
      { use: 'include', rule: result(String(6 + (change % 5) / 2), -730 - change) },
      {
        use: 'exclude',
        rule: {
          kind: 'occurs',
          event: { kind: 'prescription', codes: 'statin' },
          window: { from: -90 - change, to: 0 },
          atLeast: 1,
        },
      },
      {
        use: 'include',
        rule: {
          kind: 'any',
          of: [
            { kind: 'sex', anyOf: ['female'] },
            { kind: 'payer', anyOf: ['NHI'] },
          ],
        },
      },
    ],
  }
}

const warehouse = await openWarehouse({ threads, memoryMb: 4_096 })
const bare = await (await DuckDBInstance.create(':memory:', { threads: String(threads) })).connect()
for (const table of FACT_TABLE_NAMES) {
  const columns = Object.entries(FACT_TABLES[table]).map(([name, kind]) => `"${name}" ${SQL_TYPES[kind]}`)
  await bare.run(`CREATE TABLE ${table} (${columns.join(', ')})`)
}
const texts = new Map<string, number>()
let loadMs = 0
for (let first = 0; first < VISITS; first += RUN) {
  const last = Math.min(VISITS, first + RUN) - 1
  const run = runOf(
    first,
    last,
    Array.from({ length: last - first + 1 }, (_, i) => factsOfVisit(first + i)),
  )
  const start = performance.now()
  await warehouse.load(run)
  loadMs += performance.now() - start
  await loadBare(run)
}
const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20)

const scope = { upTo: VISITS, hospitals: null, samePerson: [] }
const snapshotStart = performance.now()
const snapshot = await warehouse.snapshot(scope)
const snapshotMs = performance.now() - snapshotStart
const [coldMs, cold] = await timed(() => warehouse.attrition(snapshot, definitionOf(0)))
const changed: number[] = []
const byHand: number[] = []
for (let change = 1; change <= 20; change++) {
  const [ours, attrition] = await timed(() => warehouse.attrition(snapshot, definitionOf(change)))
  changed.push(ours)
  const [theirs, counts] = await timed(() => askBare(change))
  byHand.push(theirs)
  const found = [attrition.withEvent, attrition.withPriorDays, attrition.afterWashout, ...attrition.steps]
  if (JSON.stringify(found) !== JSON.stringify(counts))
    throw new Error(`${JSON.stringify(found)} ${JSON.stringify(counts)}`)
}
const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!
console.log(
  JSON.stringify({
    bench: 'cohort',
    visits: VISITS,
    persons: cold.persons,
    loadVisitsPerSecond: Math.round(VISITS / (loadMs / 1000)),
    rssMbOfBoth: rssMb,
    snapshotMs: Math.round(snapshotMs),
    coldMs: Math.round(coldMs),
    changedMs: { p50: Math.round(median(changed)), worst: Math.round(Math.max(...changed)) },
    bareQueryMs: { p50: Math.round(median(byHand)), worst: Math.round(Math.max(...byHand)) },
    ratio: Number((median(changed) / median(byHand)).toFixed(2)),
  }),
)
await warehouse.close()

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

async function loadBare(run: FactRun): Promise<void> {
  const numbers = Int32Array.from(run.texts, (text) => {
    if (!texts.has(text)) texts.set(text, texts.size)
    return texts.get(text)!
  })
  await appendRun(bare, run, numbers)
}

/** The same question by hand, one query, without what the warehouse has prepared. */
async function askBare(change: number): Promise<number[]> {
  const codes = (fits: (code: string) => boolean): string =>
    [...texts]
      .filter(([text]) => fits(text))
      .map(([, number]) => number)
      .join(',')
  const dm = codes((code) => code.startsWith('E11') && !(change % 4 === 3 && code === 'E1122'))
  const cvd = codes((code) => code.startsWith('I21') || code.startsWith('I63'))
  const statin = codes((code) => code.startsWith('C10AA'))
  const hba1c = texts.get('4548-4')!
  const read = await bare.runAndReadAll(`
    WITH p AS (SELECT patient, min(day) AS first_day, any_value(sex) AS sex, any_value(birth) AS birth FROM visit GROUP BY patient),
    d AS (SELECT DISTINCT v.patient, v.day FROM diagnosis f JOIN visit v USING (block) WHERE f.code IN (${dm})),
    w AS (SELECT DISTINCT v.patient, v.day FROM diagnosis f JOIN visit v USING (block) WHERE f.code IN (${cvd})),
    i AS (SELECT patient, min(day) AS day FROM d GROUP BY patient),
    c AS (SELECT i.patient, i.day, p.first_day <= i.day - 180 AS known, w.day IS NULL OR w.day < i.day - 365 AS clean, p.sex, p.birth
      FROM i JOIN p USING (patient) ASOF LEFT JOIN w ON w.patient = i.patient AND i.day > w.day),
    a AS (SELECT patient FROM (SELECT c.patient, e.day, lag(e.day) OVER (PARTITION BY c.patient ORDER BY e.day) AS earlier FROM c JOIN
      (SELECT DISTINCT v.patient, f.known AS day FROM observation f JOIN visit v USING (block) WHERE f.code = ${hba1c} AND f.canonical >= ${6 + (change % 5) / 2}) e
      ON e.patient = c.patient AND e.day BETWEEN c.day - ${730 + change} AND c.day) WHERE day - earlier <= 365 GROUP BY patient),
    s AS (SELECT DISTINCT c.patient FROM c JOIN (SELECT v.patient, f."start" AS day FROM prescription f JOIN visit v USING (block) WHERE f.code IN (${statin})) e
      ON e.patient = c.patient AND e.day BETWEEN c.day - ${90 + change} AND c.day),
    n AS (SELECT DISTINCT c.patient FROM c JOIN visit v ON v.patient = c.patient AND v.day = c.day WHERE v.payer = 0),
    r AS (SELECT c.*, date_sub('year', DATE '1970-01-01' + c.birth, DATE '1970-01-01' + c.day) >= ${40 + (change % 7)} AS old,
      a.patient IS NOT NULL AS high, s.patient IS NULL AS untreated, c.sex = 1 OR n.patient IS NOT NULL AS fits
      FROM c LEFT JOIN a USING (patient) LEFT JOIN s USING (patient) LEFT JOIN n USING (patient))
    SELECT count(*), count_if(known), count_if(known AND clean), count_if(known AND clean AND old), count_if(known AND clean AND old AND high),
      count_if(known AND clean AND old AND high AND untreated), count_if(known AND clean AND old AND high AND untreated AND fits) FROM r`)
  return (read.getRows()[0] as (bigint | number)[]).map(Number)
}
