import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOf, type TableMapping } from '../../shared/domain/table-mapping.ts'
import { listMappings, loadMapping, MAPPINGS_FOLDER, removeMapping, saveMapping } from './table-mappings.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-mappings-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const mapping = (id: string, savedAt: number): TableMapping => ({
  format: 1,
  id: id.repeat(32),
  name: `Mapping ${id}`,
  source: 'his',
  savedAt,
  encoding: 'big5',
  delimiter: ',',
  tables: [
    {
      kind: 'visits',
      fingerprint: fingerprintOf(['病歷號']),
      headerRow: 1,
      columns: [{ header: '病歷號', nth: 0, field: 'patient.id' }],
    },
  ],
  tests: [],
  units: [],
  values: [],
  diagnoses: 'icd-10-cm',
  currency: 'TWD',
})

describe('saved mappings', () => {
  it('come back as they were, the last saved first', async () => {
    expect(await listMappings(folder)).toEqual([])
    await saveMapping(folder, mapping('a', 1))
    await saveMapping(folder, mapping('b', 2))
    expect((await listMappings(folder)).map(({ id }) => id[0])).toEqual(['b', 'a'])
    expect(await loadMapping(folder, 'a'.repeat(32))).toEqual(mapping('a', 1))
  })

  it('are replaced under the same id and removed by it', async () => {
    await saveMapping(folder, mapping('a', 1))
    await saveMapping(folder, { ...mapping('a', 5), name: 'Ward system' })
    expect((await listMappings(folder)).map(({ name }) => name)).toEqual(['Ward system'])
    await removeMapping(folder, 'a'.repeat(32))
    expect(await listMappings(folder)).toEqual([])
  })

  it('leave out a damaged file, one under a wrong name, and a path that leads elsewhere', async () => {
    await saveMapping(folder, mapping('a', 1))
    await writeFile(join(folder, MAPPINGS_FOLDER, `${'c'.repeat(32)}.json`), '{"format":1')
    await writeFile(join(folder, MAPPINGS_FOLDER, `${'d'.repeat(32)}.json`), JSON.stringify(mapping('a', 1)))
    expect((await listMappings(folder)).map(({ id }) => id[0])).toEqual(['a'])
    expect(await loadMapping(folder, '../keys')).toBeNull()
  })
})

describe('fingerprintOf', () => {
  it('is the same for the same headers in another order, width and case', () => {
    expect(fingerprintOf(['Visit ID', '病歷號', 'ＨｂＡ１ｃ'])).toBe(
      fingerprintOf(['hba1c', 'visit_id', '病歷號 ']),
    )
  })

  it('tells tables apart', () => {
    expect(fingerprintOf(['病歷號', '姓名'])).not.toBe(fingerprintOf(['病歷號', '性別']))
    expect(fingerprintOf(['ab', 'c'])).not.toBe(fingerprintOf(['a', 'bc']))
  })
})
