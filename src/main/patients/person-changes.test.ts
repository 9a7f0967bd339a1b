import { describe, expect, it } from 'vitest'
import type { PatientInput } from '../../shared/contract/patients.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { createNamesTable, registerRow } from './names-table.ts'
import { toPatient, type PatientRow } from './patient-row.ts'
import { changedRow, diedOn, learnt, typedOver, type SourcePerson } from './person-changes.ts'

const input = (over: Partial<PatientInput> = {}): PatientInput => ({
  name: '王小明',
  nationalId: 'A123456789',
  sex: 'male',
  birthDate: '1975-03-02',
  ...over,
})
const by = { at: 7, by: 'key-1', byName: '林怡君', how: 'person' as const }
const corrected = (row: PatientRow, over: Partial<PatientInput>): PatientRow =>
  changedRow(row, typedOver(row, input(over)), by)!
const source = (over: Partial<SourcePerson> = {}): SourcePerson => ({
  name: '王小明',
  sex: 'male',
  birthDate: '1975-03-02',
  ...over,
})

describe('correcting a person', () => {
  it('keeps what stood there before, with who and when', () => {
    const row = registerRow(input({ phone: '0912' }), 1)
    const next = corrected(row, { name: '王曉明', sex: 'female' })
    expect(next).toMatchObject({ name: '王曉明', sex: 'female', keySource: row.keySource })
    expect(next.phone).toBeUndefined()
    expect(next.changes).toEqual([
      {
        ...by,
        fields: [
          { field: 'name', before: '王小明', after: '王曉明' },
          { field: 'sex', before: 'male', after: 'female' },
          { field: 'phone', before: '0912', after: null },
        ],
      },
    ])
    expect(changedRow(next, typedOver(next, input({ name: '王曉明', sex: 'female' })), by)).toBeNull()
    expect(toPatient(next)).not.toHaveProperty('changes')
  })

  it('forgets a number that was wrong, and gives whoever has it rightly another patient key', async () => {
    const table = createNamesTable(new Uint8Array(32))
    const first = table.stage()
    const row = registerRow(input(), 1)
    first.add(row)
    first.apply()
    const staged = table.stage()
    staged.change(corrected(row, { nationalId: 'B123456780' }))
    staged.apply()
    expect(table.findByIdentity('national-id|A123456789')).toBeNull()
    expect(table.findByIdentity('national-id|B123456780')).toMatchObject({ keySource: row.keySource })
    expect(table.search('a1234', 5).total).toBe(0)
    const second = table.stage()
    const other = registerRow(input({ name: '李大同' }), 2)
    second.add(other)
    second.apply()
    expect(table.get(other.patientId)!.keySource).not.toBe(row.keySource)
    expect(table.freeKeySource(row.keySource)).not.toBe(table.get(other.patientId)!.keySource)
  })

  it('leaves nothing of it in the store in plain', async () => {
    const table = createNamesTable(new Uint8Array(32))
    const staged = table.stage()
    staged.add(corrected(registerRow(input(), 1), { name: '陳大文', deathDate: '2026-05-06' }))
    const store = createMemoryStore()
    await store.commit(staged.writes())
    for await (const { key, value } of store.scan({ from: new Uint8Array(0) }))
      for (const secret of ['王小明', '陳大文', 'A123456789', '2026-05-06'])
        for (const bytes of [key, value]) expect(Buffer.from(bytes).includes(secret)).toBe(false)
  })

  it('stays, where somebody is dead and nobody knows since when, until a date is said', () => {
    const row: PatientRow = { ...registerRow(input(), 1), deceased: true }
    const renamed = corrected(row, { name: '王曉明' })
    expect(renamed.deceased).toBe(true)
    expect(corrected(renamed, { deathDate: '2026-01-02' })).toMatchObject({
      deceased: true,
      deathDate: '2026-01-02',
    })
  })
})

describe('what an import knows of a person', () => {
  it('fills what is missing and makes more precise what is not', () => {
    const row: PatientRow = { ...registerRow(input({ birthDate: '1975', sex: 'unknown' }), 1), name: '(M-7)' }
    const { said, differs } = learnt(row, source({ phone: '0912', deathDate: '2026-01-02', deceased: true }))
    expect(differs).toEqual([])
    expect(said).toMatchObject({
      name: '王小明',
      birthDate: '1975-03-02',
      sex: 'male',
      phone: '0912',
      deceased: true,
      deathDate: '2026-01-02',
    })
  })

  it('never writes over what stands here, and names it', () => {
    const row = registerRow(input({ phone: '0912', deathDate: '2026-01-02' }), 1)
    const { said, differs } = learnt(
      row,
      source({
        name: '王大明',
        sex: 'female',
        birthDate: '1975-02-03',
        phone: '0933',
        deathDate: '2026-01-05',
      }),
    )
    expect(said).toMatchObject({ name: '王小明', sex: 'male', birthDate: '1975-03-02', phone: '0912' })
    expect(said.deathDate).toBe('2026-01-02')
    expect(differs).toEqual(['name', 'phone', 'sex', 'birthDate', 'deathDate'])
  })

  it('calls another spelling, a year alone and silence no difference', () => {
    const row = registerRow(input({ name: 'Ada  Example', phone: '0912-345-678' }), 1)
    const there = source({ name: 'ADA EXAMPLE', birthDate: '1975', sex: 'unknown', phone: '0912345678' })
    expect(learnt(row, there).differs).toEqual([])
  })

  it('does not bring back a death that a person took back', () => {
    const dead = diedOn(registerRow(input(), 1), '2026-01-02', { ...by, how: 'visit' })
    expect(dead).toMatchObject({ deceased: true, deathDate: '2026-01-02' })
    const alive = corrected(dead, {})
    expect(alive.deathDate).toBeUndefined()
    const { said, differs } = learnt(alive, source({ deceased: true, deathDate: '2026-01-02' }))
    expect(said.deathDate).toBeUndefined()
    expect(differs).toEqual(['deathDate'])
  })
})
