/** A small table of a hospital's own system, and the mapping by which it is read. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import { inspectTable } from '../records/table-file.ts'
import { proposeTable } from '../records/tables/propose.ts'

/** `count` visits of `count / 4` people. */
export async function smallTable(
  folder: string,
  count: number,
): Promise<{ path: string; mapping: TableMapping }> {
  const lines = ['visit no,mrn,sex,birth date,visit date,class,dx,HbA1c (%)']
  for (let i = 0; i < count; i++)
    lines.push(
      `V${i},${1000 + Math.floor(i / 4)},F,1957-03-02,2023-05-${String((i % 28) + 1).padStart(2, '0')},OPD,E11.9,7.${i % 10}`,
    )
  const path = join(folder, 'his.csv')
  await writeFile(path, `${lines.join('\n')}\n`)
  const looked = await inspectTable(path)
  if (looked.kind !== 'table') throw new Error(looked.reason)
  const { layout } = proposeTable(looked.sheets[0]!, dayOfCivil(2026, 1, 1))
  const mapping: TableMapping = {
    format: 1,
    id: 'b'.repeat(32),
    name: 'Ward system',
    source: 'his',
    savedAt: 1,
    encoding: 'utf-8',
    delimiter: ',',
    tables: [layout],
    tests: [],
    units: [],
    values: [],
    diagnoses: 'icd-10-cm',
    currency: 'TWD',
  }
  return { path, mapping }
}
