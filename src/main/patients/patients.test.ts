import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PatientInput } from '../../shared/contract/patients.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { createNamesTable, loadNamesTable, registerRow } from './names-table.ts'
import { toPatient } from './patient-row.ts'

const input = (over: Partial<PatientInput> = {}): PatientInput => ({
  name: '王小明',
  latinName: 'Wang Hsiao-Ming',
  nationalId: 'A123456789',
  medicalRecordNumber: 'M-0042',
  sex: 'male',
  birthDate: '1975-03-02',
  phone: '0912-345-678',
  ...over,
})
function tableOf(...inputs: PatientInput[]) {
  const table = createNamesTable(new Uint8Array(32))
  const staged = table.stage()
  for (const [at, each] of inputs.entries()) staged.add(registerRow(each, at))
  staged.apply()
  return table
}

describe('the table of names', () => {
  it('comes back from the store under its key, and under no other', async () => {
    const store = createMemoryStore()
    const key = new Uint8Array(randomBytes(32))
    const table = createNamesTable(key)
    const staged = table.stage()
    staged.add(registerRow(input(), 1))
    await store.commit(staged.writes())
    expect(table.size).toBe(0) // nothing shows before it is durable
    staged.apply()
    const again = await loadNamesTable(store, key)
    expect(again.search('', 10)).toEqual(table.search('', 10))
    await expect(loadNamesTable(store, new Uint8Array(32))).rejects.toMatchObject({
      detail: { code: 'corrupt' },
    })
  })

  it('lies in the store without a name, an id or a birth date in plain', async () => {
    const store = createMemoryStore()
    const staged = createNamesTable(new Uint8Array(randomBytes(32))).stage()
    staged.add(registerRow(input(), 1))
    await store.commit(staged.writes())
    for await (const { key, value } of store.scan(rangeOf('n')))
      for (const secret of ['王小明', 'Wang', 'A123456789', '1975-03-02', 'M-0042'])
        for (const bytes of [key, value]) expect(Buffer.from(bytes).includes(secret)).toBe(false)
  })

  it('names the row that was damaged', async () => {
    const store = createMemoryStore()
    const key = new Uint8Array(32)
    const staged = createNamesTable(key).stage()
    staged.add(registerRow(input(), 1))
    const [write] = staged.writes()
    if (write?.kind !== 'put') throw new Error('expected a put')
    write.value[40]! ^= 1
    await store.commit([write])
    await expect(loadNamesTable(store, key)).rejects.toMatchObject({
      detail: { code: 'corrupt', bucket: 'n' },
    })
  })

  it.each([
    ['王小明'],
    ['小明'],
    ['wang'],
    ['hsiaoming wang'],
    ['a123456789'],
    ['A12345'],
    ['m0042'],
    ['1975-03-02'],
    ['19750302'],
    ['64/3/2'], // year 64 of the Republic
    ['wang 1975'],
    ['wangxiaoming'], // read in pinyin
    ['wang xiao'],
    ['wxm'],
    ['wong'], // the surname as Hong Kong writes it
    ['1975/3/2'],
    ['0640302'],
    ['640302'],
    ['民國64年3月2日'],
    ['1975-03'],
    ['0912345678'],
  ])('finds a person by %s', (text) => {
    const table = tableOf(
      input(),
      input({
        name: '李四',
        latinName: 'Li Si',
        nationalId: 'B222222222',
        medicalRecordNumber: 'M-9',
        birthDate: '1960-01-01',
        phone: '022',
      }),
    )
    const { rows, total } = table.search(text, 10)
    expect(rows[0]?.name).toBe('王小明')
    expect(total).toBe(1)
  })

  it('shows the last used first when nothing was typed, and best matches first otherwise', () => {
    const table = tableOf(
      input({ name: 'Anna Lindgren' }),
      input({ name: 'Lind' }),
      input({ name: 'Berta Lind' }),
    )
    expect(table.search('', 2).rows.map((row) => row.name)).toEqual(['Berta Lind', 'Lind'])
    expect(table.search('lind', 10).rows.at(-1)?.name).toBe('Anna Lindgren')
  })

  it('answers over a hundred thousand people', () => {
    const table = createNamesTable(new Uint8Array(32))
    const staged = table.stage()
    for (let i = 0; i < 100_000; i++)
      staged.add(
        registerRow(
          input({
            name: `病人${i}`,
            latinName: `Person${i} Family${i % 977}`,
            nationalId: `C${100000000 + i}`,
          }),
          i,
        ),
      )
    staged.apply()
    expect(table.search('c100054321', 5).rows[0]?.name).toBe('病人54321')
    expect(table.search('person99999', 5)).toMatchObject({ total: 1 })
    expect(table.search('family5', 5).rows).toHaveLength(5)
  })

  it('shows the window nothing of what only matching needs', () => {
    expect(Object.keys(toPatient(registerRow(input(), 1)))).not.toContain('identities')
  })
})
