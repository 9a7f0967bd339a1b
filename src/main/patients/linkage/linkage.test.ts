import { describe, expect, it } from 'vitest'
import type { PatientInput } from '../../../shared/contract/patients.ts'
import { createCandidateIndex } from './candidates.ts'
import { comparePeople, FIELDS } from './compare.ts'
import { DEFAULT_MODEL, estimateModel, LIKELY, weigh, WORTH_A_LOOK } from './fellegi-sunter.ts'
import { foldName, jaroWinkler } from './fold.ts'
import { readingOf, surnameKeys } from './name-reading.ts'
import { personOf } from './person.ts'

const input = (over: Partial<PatientInput> = {}): PatientInput => ({
  name: '王小明',
  latinName: 'Wang Hsiao-Ming',
  sex: 'male',
  birthDate: '1975-03-02',
  ...over,
})
/** The same numbers at every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const indexOf = (...people: PatientInput[]) => {
  const index = createCandidateIndex(dice(1))
  for (const [at, each] of people.entries()) index.enter(String(at), personOf(each))
  return index
}
const evidence = (index: ReturnType<typeof indexOf>, of: PatientInput) =>
  Object.fromEntries((index.find(personOf(of))[0]?.evidence ?? []).map(({ field, level }) => [field, level]))

describe('the reading of a name', () => {
  it.each([
    ['陳大文', 'chen', 'dawen'],
    ['陈大文', 'chen', 'dawen'],
    ['單雄信', 'shan', 'xiongxin'], // as a surname not dan
    ['歐陽修', 'ouyang', 'xiu'],
    ['曾國藩', 'zeng', 'guofan'],
    ['呂布', 'lu', 'bu'],
  ])('reads %s as %s %s', (name, surname, given) => {
    expect(readingOf(name)).toMatchObject({ surname, given })
  })
  it('files Chan, Chen and Tan under the surname that they spell', () => {
    for (const name of ['Chan Tai Man', 'CHEN Da-Wen', 'Tan Ah Kow'])
      expect(surnameKeys(name)).toContain('chen')
    expect(surnameKeys('Maria Oliveira')).toEqual(['maria', 'oliveira'])
  })
})

describe('comparePeople', () => {
  it('names the level of each field and leaves out what one of them lacks', () => {
    expect(
      comparePeople(personOf(input()), personOf(input({ latinName: '', name: 'Wang Hsiao-Mign' }))),
    ).toEqual({
      birthDate: 0,
      name: 1,
      reading: 1,
      sex: 0,
      mobile: null,
      region: null,
      recordNumber: null,
      nationalId: null,
    })
  })
  it.each([
    ['1975-02-03', 1],
    ['1976-03-02', 2],
    ['1975-03-12', 2],
    ['1975', 2],
    ['1991-12-24', 3],
  ])('finds the birth date %s beside 1975-03-02 at level %i', (birthDate, level) => {
    expect(comparePeople(personOf(input()), personOf(input({ birthDate }))).birthDate).toBe(level)
  })
})

describe('duplicate candidates', () => {
  it('finds 陳大文 when Chan Tai Man of the same day is typed, and says why', () => {
    const index = indexOf(input({ name: '陳大文', latinName: undefined, birthDate: '1980-05-06' }))
    const chan = input({ name: 'Chan Tai Man', latinName: undefined, birthDate: '1980-05-06' })
    const [found] = index.find(personOf(chan))
    expect(found).toMatchObject({ id: '0', band: 'possible' })
    expect(evidence(index, chan)).toEqual({ birthDate: 'same', reading: 'surname', sex: 'same' })
  })
  it('calls the same name and day likely, a swapped day and month possible', () => {
    const index = indexOf(input())
    expect(index.find(personOf(input()))[0]).toMatchObject({ band: 'likely' })
    expect(index.find(personOf(input({ birthDate: '1975-02-03' })))[0]).toMatchObject({ band: 'possible' })
  })
  it('meets a year mistyped by one, and the same person under another record number by the telephone', () => {
    const index = indexOf(input({ phone: '0912-345-678' }))
    expect(evidence(index, input({ birthDate: '1976-03-02' }))).toMatchObject({ birthDate: 'near' })
    expect(
      evidence(
        index,
        input({ name: '王曉明', latinName: undefined, birthDate: '1975', phone: '+886 912 345 678' }),
      ),
    ).toMatchObject({ mobile: 'same' })
  })
  it('leaves namesakes of other days alone, and strangers of the same day', () => {
    const index = indexOf(input())
    expect(index.find(personOf(input({ birthDate: '1991-12-24' })))).toEqual([])
    expect(index.find(personOf(input({ name: '李四', latinName: 'Li Si' })))).toEqual([])
  })
  it('forgets where a person lay before the row was changed', () => {
    const index = indexOf(input())
    index.enter('0', personOf(input({ birthDate: '1991-12-24' })))
    expect(index.find(personOf(input()))).toEqual([])
  })
  it('looks at nobody twice and not at the person itself', () => {
    const index = indexOf(input(), input())
    expect(index.find(personOf(input()), '0').map(({ id }) => id)).toEqual(['1'])
  })
})

describe('estimateModel', () => {
  it('keeps the defaults of m where the table holds too few pairs of one person', () => {
    const pattern = comparePeople(personOf(input()), personOf(input({ name: '李四', latinName: 'Li Si' })))
    const model = estimateModel({ blocked: [{ pattern, fixed: 'birthDate' }], random: [pattern] })
    expect(model.m).toBe(DEFAULT_MODEL.m)
    expect(model.pairs).toBe(0)
  })

  it('finds back from a table with known doubles how often a name is mistyped', async () => {
    const next = dice(7)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!
    const surnames = [...'陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周']
    const given = [...'美淑惠芬雅婷玉秀英華志明俊傑家豪文雄建國怡君欣穎宗翰冠宇承恩品妍子晴']
    const index = createCandidateIndex(dice(2))
    let mistyped = 0
    const people = 3_000
    const doubles = 300
    for (let i = 0; i < people; i++) {
      const name = pick(surnames) + pick(given) + pick(given)
      const year = 1930 + Math.floor(next() * 80)
      const two = (below: number) => String(1 + Math.floor(next() * below)).padStart(2, '0')
      const birthDate = `${year}-${two(12)}-${two(28)}`
      const sex = next() < 0.5 ? 'male' : 'female'
      index.enter(`a${i}`, personOf({ name, sex, birthDate }))
      if (i >= doubles) continue
      const isMistyped = next() < 0.4
      if (isMistyped) mistyped++
      const again = isMistyped ? name.slice(0, 2) + pick(given) : name
      index.enter(`b${i}`, personOf({ name: again, sex: next() < 0.9 ? sex : 'unknown', birthDate }))
    }
    await index.estimate()
    const { m, u, pairs } = index.model
    expect(pairs).toBeGreaterThan(doubles)
    expect(m.name[0]).toBeGreaterThan(1 - mistyped / doubles - 0.12)
    expect(m.name[0]).toBeLessThan(1 - mistyped / doubles + 0.12)
    // One surname in twenty, one day in 27,000, one sex in two.
    expect(u.sex[0]).toBeGreaterThan(0.45)
    expect(u.sex[0]).toBeLessThan(0.55)
    expect(u.reading[1]!).toBeGreaterThan(0.03)
    expect(u.reading[1]!).toBeLessThan(0.07)
    for (const field of FIELDS)
      for (const shares of [m[field], u[field]]) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3)
  })

  it('has its thresholds in order: a day alone is not worth a look, a day and a name are likely', () => {
    const nothing = { birthDate: null, name: null, reading: null, sex: null } as const
    const rest = { mobile: null, region: null, recordNumber: null, nationalId: null } as const
    const of = (pattern: object) => weigh(DEFAULT_MODEL, { ...nothing, ...rest, ...pattern }).total
    expect(of({ birthDate: 0, name: 3, sex: 0 })).toBeLessThan(WORTH_A_LOOK)
    expect(of({ birthDate: 0, name: 0, sex: 0 })).toBeGreaterThan(LIKELY)
  })
})

describe('names folded and compared', () => {
  it('computes the published values of Jaro and Winkler', () => {
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611, 4)
    expect(jaroWinkler('dwayne', 'duane')).toBeCloseTo(0.84, 4)
    expect(jaroWinkler('dixon', 'dicksonx')).toBeCloseTo(0.8133, 4)
    expect(jaroWinkler('', 'a')).toBe(0)
  })
  it('folds accents, punctuation and case', () => {
    expect(foldName("D'Ångelo,  José-María")).toBe('dangelo josemaria')
  })
})
