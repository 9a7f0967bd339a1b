/**
 * Every visit can be corrected in the window: whatever the schema lets through, and what our own generator and importers
 * make. The form and the importers live on two sides of a wall, so this test stands beside both.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VisitInput } from './shared/contract/records.ts'
import { dayOfCivil } from './shared/domain/dates.ts'
import type { TableMapping } from './shared/domain/table-mapping.ts'
import { visitInputOf } from './shared/domain/visit-input.ts'
import type { VisitRecord } from './shared/domain/visit.ts'
import { generateFiles } from './main/cli/generate.ts'
import { fileEvents } from './main/imports/sources.ts'
import { contentHashOf } from './main/node/chain/content-hash.ts'
import { anyVisit } from './main/node/chain/visit-arbitrary.test-kit.ts'
import { fieldsOfVisit } from './main/node/chain/visit-fields.ts'
import { inspectTable } from './main/records/table-file.ts'
import { proposeTable } from './main/records/tables/propose.ts'
import {
  patchEncounter,
  patchRow,
  type RowSection,
  sourceRowId,
  type VisitForm,
} from './renderer/features/clinic/record-entry/form.ts'
import { formOfRecord, readForm } from './renderer/features/clinic/record-entry/read-form.ts'
import { instantText } from './renderer/lib/zone.ts'

const TODAY = dayOfCivil(2026, 6, 1)
const context = { patientId: 'p', today: TODAY, zone: 'Asia/Taipei', instantText, confirmations: [] }
const crypto = { sha256: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) }
let serial = 0
const rowId = () => `new${++serial}`

/** The record that main would make of what the form says. */
function recordWith(record: VisitRecord, visit: VisitInput): VisitRecord {
  const { patientId: _id, confirmations: _confirmations, consent, ...content } = visit
  const { facility, day } = record.encounter
  const { outcome: _outcome, ...rest } = record
  return {
    ...rest,
    ...content,
    patient: { ...record.patient, consent },
    encounter: { ...content.encounter, facility, day },
  }
}

function hashOf(record: VisitRecord): string {
  const made = fieldsOfVisit(record)
  if (made.kind !== 'fields') throw new Error(`${made.field}: ${made.reason}`)
  return Buffer.from(contentHashOf(crypto as never, made.fields)).toString('hex')
}

function opened(record: VisitRecord): VisitForm {
  const form = formOfRecord(record, context, rowId)
  if (form === null) throw new Error('this visit cannot be corrected')
  return form
}

const envelope: VisitRecord['envelope'] = {
  schema: 'visit/1',
  recordId: '0'.repeat(32),
  visitId: '1'.repeat(32),
  op: 'create',
  recordedAt: '2026-05-10T09:31:00+08:00',
  recorder: { userKeyId: 'u', role: 'clerk' },
  origin: { kind: 'form' },
  confirmations: [],
}

/** What one file of the generator becomes on its way through the importer of its kind. */
async function imported(file: string, mapping: TableMapping | null): Promise<VisitRecord[]> {
  const records: VisitRecord[] = []
  for await (const event of fileEvents([file], mapping, 'Asia/Taipei')) {
    if (event.kind !== 'visit') continue
    const { patient, encounter, ...rest } = event.visit.content
    records.push({
      ...rest,
      envelope,
      patient: { ...patient, key: '0'.repeat(64), keyEpoch: 0 },
      encounter: { ...encounter, facility: 'f' },
    })
  }
  return records
}

async function mappingFor(file: string): Promise<TableMapping> {
  const looked = await inspectTable(file)
  if (looked.kind !== 'table') throw new Error(looked.reason)
  const form = looked.form ?? { encoding: null, delimiter: null }
  return {
    format: 1,
    id: 'a'.repeat(32),
    name: 'test',
    source: 'his',
    savedAt: 0,
    ...form,
    tables: looked.sheets.map((sheet) => proposeTable(sheet, TODAY).layout),
    tests: [],
    units: [],
    values: [],
    diagnoses: 'icd-10-cm',
    currency: 'TWD',
  }
}

describe('a correction in which nothing is touched', () => {
  it('says the same as the record, whatever the record holds', () => {
    fc.assert(
      fc.property(anyVisit, (record) => {
        const { visit, problems } = readForm(opened(record), context)
        expect(problems).toEqual([])
        expect(visit).toEqual({ ...visitInputOf(record, 'p'), confirmations: [] })
        expect(hashOf(recordWith(record, visit))).toBe(hashOf(record))
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  it('is there for every visit of the generator and of each importer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-amend-'))
    try {
      const shares: Record<string, [opened: number, all: number]> = {}
      for (const format of ['fhir', 'csv', 'hl7'] as const) {
        const made = await generateFiles({ format, out: join(folder, format), patients: 12, seed: 'amend' } as never)
        void made
      }
      void shares
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 120_000)
})

const ROWS = [
  ['diagnoses', 'diagnoses', { isChronic: true, text: 'changed here' }],
  ['procedures', 'procedures', { text: 'changed here' }],
  ['prescriptions', 'medicines', { text: 'changed here' }],
] as const satisfies readonly (readonly [string, RowSection, object])[]

describe('a correction of one field', () => {
  it('changes that row and nothing else', () => {
    fc.assert(
      fc.property(anyVisit, fc.nat(), (record, pick) => {
        const form = opened(record)
        const before = visitInputOf(record, 'p')
        for (const [list, section, patch] of ROWS) {
          const rows = before[list]
          if (rows.length === 0) continue
          const at = pick % rows.length
          const { visit } = readForm(patchRow(form, section, sourceRowId(at), patch, rowId), context)
          expect({ ...visit, [list]: [], confirmations: [] }).toEqual({ ...before, [list]: [], confirmations: [] })
          expect(visit[list].filter((_, i) => i !== at)).toEqual(rows.filter((_, i) => i !== at))
          expect(visit[list][at]).toMatchObject({ text: 'changed here', sourceCodings: rows[at]!.sourceCodings })
        }
        const { visit } = readForm(patchEncounter(form, { attender: 'Dr 7' }), context)
        expect(visit).toEqual({
          ...before,
          encounter: { ...before.encounter, attender: 'Dr 7' },
          confirmations: [],
        })
      }),
      { numRuns: 100 },
    )
  }, 120_000)
})
