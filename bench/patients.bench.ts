/**
 * The desk's search and the duplicate candidates over a hospital's table of names, in memory as the application holds it:
 * `npm run bench -- patients [people]`. Each query is timed alone; what counts is the slowest.
 */
import { createNamesTable, registerRow } from '../src/main/patients/names-table.ts'

const people = Number(process.argv[2] ?? 100_000)
const surnames = [...'陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高']
const given = [...'美淑惠芬雅婷玉秀英華志明俊傑家豪文雄建國怡君欣穎宗翰冠宇承恩品妍子晴大小佩珊雨']
let state = 11
const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)]!
const two = (below: number): string => String(1 + Math.floor(next() * below)).padStart(2, '0')

const table = createNamesTable(new Uint8Array(32))
const staged = table.stage()
for (let i = 0; i < people; i++)
  staged.add(
    registerRow(
      {
        name: pick(surnames) + pick(given) + pick(given),
        ...(next() < 0.3 ? { latinName: `Person ${i % 977}` } : {}),
        nationalId: `${String.fromCharCode(65 + (i % 26))}${100_000_000 + i}`,
        medicalRecordNumber: `M-${i}`,
        sex: next() < 0.5 ? 'male' : 'female',
        birthDate: `${1930 + Math.floor(next() * 90)}-${two(12)}-${two(28)}`,
        phone: `09${10_000_000 + Math.floor(next() * 89_999_999)}`,
      },
      i,
    ),
  )
const entering = performance.now()
staged.apply()
const enterMs = performance.now() - entering

const timed = (work: () => unknown, runs = 15): { medianMs: number; slowestMs: number } => {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  }).sort((a, b) => a - b)
  const round = (value: number): number => Math.round(value * 10) / 10
  return { medianMs: round(times[runs >> 1]!), slowestMs: round(times.at(-1)!) }
}
const queries = [
  '陳',
  '陳美',
  'chen',
  'chen meihui',
  'cmh',
  'wong',
  'B10005',
  'M-54321',
  '1975-03-02',
  '64/3/2',
  'lin 1960',
  '',
]
const searches = Object.fromEntries(
  queries.map((text) => [
    text,
    { ...timed(() => table.search(text, 100)), found: table.search(text, 100).total },
  ]),
)
const newcomer = { name: '陳美惠', sex: 'female', birthDate: '1975-03-02', phone: '0912345678' } as const
const estimating = performance.now()
await table.prepareSimilar()
const estimateMs = Math.round(performance.now() - estimating)
const similar = { ...timed(() => table.similar(newcomer)), found: table.similar(newcomer).length }
console.log(
  JSON.stringify(
    {
      bench: 'patients',
      people,
      enterMs: Math.round(enterMs),
      searches,
      similar,
      estimateMs,
      isEstimated: table.isEstimated,
    },
    null,
    1,
  ),
)
