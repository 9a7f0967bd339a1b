/** National ids whose check digit does not fit: listed with their place whatever the source is, and nothing left out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import { runHere } from '../cli/cli.test-kit.ts'
import { inspectTable } from '../records/table-file.ts'
import { proposeTable } from '../records/tables/propose.ts'
import { fileEvents } from './sources.ts'
import { tryOut } from './trial.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-ids-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

async function mappingOf(...paths: string[]): Promise<TableMapping> {
  const tables: TableMapping['tables'] = []
  for (const path of paths) {
    const looked = await inspectTable(path)
    if (looked.kind !== 'table') throw new Error(looked.reason)
    tables.push(proposeTable(looked.sheets[0]!, dayOfCivil(2026, 6, 1)).layout)
  }
  const form = { encoding: 'utf-8', delimiter: ',', diagnoses: 'icd-10-cm', currency: 'TWD' } as const
  return {
    format: 1,
    id: 'a'.repeat(32),
    name: 't',
    source: 'his',
    savedAt: 0,
    ...form,
    tables,
    tests: [],
    units: [],
    values: [],
  }
}

async function tried(paths: string[], mapping: TableMapping | null = null) {
  const { report, issues } = await tryOut(fileEvents(paths, mapping, 'Asia/Taipei'), {
    today: dayOfCivil(2026, 6, 1),
    known: async () => null,
    people: async (questions) => questions.map(() => ({ kind: 'unknown' })),
    isCancelled: () => false,
    tell: () => {},
  })
  expect(report.leftOutCount).toBe(0)
  const ids = issues.filter(({ reason }) => reason === 'national-id-check-digit')
  return ids.map(({ path, column, value, detail, severity }) => [path, column, value, detail, severity])
}

const found = (path: string, column?: string) => [[path, column, '…88', 'patient.nationalId', 'unusual']]

it('of a table: the cell, once for a person of several visits, and no other form', async () => {
  const visits = await file(
    'visits.csv',
    '身分證號,就診日期,類別\nA123456789,112/05/02,門診\nA123456788,112/05/03,門診\nA123456788,112/05/04,門診\nC1234,112/05/05,門診\n',
  )
  expect(await tried([visits], await mappingOf(visits))).toEqual(found('row 3', '身分證號'))
})

it('of a table of patients: the cell there', async () => {
  const patients = await file(
    'patients.csv',
    'mrn,national id,name,sex,birth date\n7,A123456788,Ada,F,1960-01-01\n',
  )
  const visits = await file('stays.csv', 'mrn,visit no,visit date,class\n7,V1,2023-05-01,IPD\n')
  expect(await tried([patients, visits], await mappingOf(patients, visits))).toEqual(
    found('row 2', 'national id'),
  )
})

const message = [
  'MSH|^~\\&|HIS|NORTH|C|X|20260301090000||ADT^A04|1|P|2.5.1||||||UNICODE UTF-8',
  'PID|1||M1^^^NORTH^MR~A123456788^^^TWN^NI||Example^Ada||19800102|F',
  `PV1|1|O|||||||||||||||||V1${'|'.repeat(25)}20260301080000`,
].join('\r')

it('of a message and of a bundle: the place of the visit', async () => {
  expect(await tried([await file('one.hl7', message)])).toEqual(found('message 1'))
  const resources = [
    {
      resourceType: 'Patient',
      id: 'p',
      identifier: [{ system: 'http://www.moi.gov.tw', value: 'A123456788' }],
    },
    {
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: 'Patient/p' },
      period: { start: '2020-03-01T09:00:00+08:00' },
    },
  ]
  const entry = resources.map((resource) => ({ resource }))
  const bundle = await file('b.json', JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  expect(await tried([bundle])).toEqual(found('entry[1]'))
})

it('is counted by an import as well, which takes the visit', async () => {
  const profile = join(folder, 'hospital')
  await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])
  const path = await file('two.hl7', message)
  const { answer } = await runHere(['import', '--profile', profile, '--wait', path])
  expect(answer).toMatchObject({ visits: 1 })
  expect(answer['warnings']).toContainEqual({ reason: 'national-id-check-digit', count: 1 })
}, 60_000)
