import { expect, it, vi } from 'vitest'

vi.stubGlobal('navigator', { language: 'en' })
vi.stubGlobal('window', {
  addEventListener: () => {},
  consilium: { on: () => () => {}, app: { session: async () => ({}), settings: async () => ({}) } },
})
const { claimsOfPaste } = await import('./claims-of-paste.ts')

const NAMES = [
  'patients',
  'age-years 50 to below 75; sex male',
  'age-years 50 to below 75; sex female',
  'log ratio; sex male',
]
const named = (text: string) => claimsOfPaste(text, NAMES)

it('takes a number by the name as it was signed and as the page shows it, in both languages', () => {
  const [, male] = NAMES
  for (const name of [
    male!,
    'Age (years): 50 to below 75; Sex: Male',
    '年齡（歲）：50 至未滿 75；性別：男',
    'age (years): 50 to below 75;sex: male',
  ])
    for (const divided of [`${name},65`, `${name}\t65`, `${name}; 65`, `"${name}",65`])
      expect(named(divided), divided).toEqual([{ name: male, value: '65' }])
  expect(named('病人數，120\nPatients,120')).toEqual([
    { name: 'patients', value: '120' },
    { name: 'patients', value: '120' },
  ])
})

it('takes a ratio of what was attested as its logarithm', () => {
  for (const name of ['ratio; sex male', 'ratio; Sex: Male', '比值；性別：男'])
    expect(named(`${name},1.5`)).toEqual([{ name: 'ratio; sex male', value: '1.5' }])
  expect(named('對數比值；性別：男,−0.4')).toEqual([{ name: 'log ratio; sex male', value: '−0.4' }])
})

it('leaves what no number is called as it was written', () => {
  expect(named('Everybody,120\nname,value\n')).toEqual([{ name: 'Everybody', value: '120' }])
  expect(named('all shown; sex male,12,3')).toEqual([{ name: 'all shown; sex male', value: '12' }])
})

it('tells signed names apart that differ in capitals or blanks alone, and takes neither where it cannot', () => {
  const twins = ['grp A', 'grp a', 'grp B']
  const taken = (line: string) => claimsOfPaste(line, twins)
  for (const name of twins)
    for (const divided of [`${name},65`, `${name}\t65`, `"${name}",65`, ` ${name} ; 65`])
      expect(taken(divided), divided).toEqual([{ name, value: '65' }])
  expect(taken('GRP A,65')).toEqual([{ name: 'GRP A', value: '65' }])
  expect(taken('GRP B,65')).toEqual([{ name: 'grp B', value: '65' }])
})
