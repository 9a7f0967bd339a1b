/**
 * Every visit can be corrected in the window: whatever the schema lets through, and what our own generator and importers
 * make. The form and the importers live on two sides of a wall, so this test stands beside both.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VisitInput } from './shared/contract/records.ts'
import { dayOfCivil } from './shared/domain/dates.ts'
import type { TableMapping } from './shared/domain/table-mapping.ts'
import { broughtFindings, checkVisit } from './shared/domain/visit-check.ts'
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
  sourceIndexOf,
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
async function imported(files: readonly string[], mapping: TableMapping | null): Promise<VisitRecord[]> {
  const records: VisitRecord[] = []
  for await (const event of fileEvents(files, mapping, 'Asia/Taipei')) {
    if (event.kind !== 'visit') continue
    const { patient, encounter, ...rest } = event.content
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
})

describe('visits of the generator, through the importers', () => {
  it.each(['fhir', 'ndjson', 'csv', 'hl7v2'] as const)(
    'can all be corrected when they came as %s, and a result that is corrected changes alone',
    async (format) => {
      const folder = await mkdtemp(join(tmpdir(), 'consilium-amend-'))
      try {
        const request = { patients: 12, from: 0, seed: 'amend', format, isClean: false, hasHabits: false }
        const made = await generateFiles({ ...request, out: folder })
        const files = readdirSync(folder).map((name) => join(folder, name))
        const table = files.find((file) => file.endsWith('visits.csv'))
        const records =
          format === 'csv'
            ? await imported([table!], await mappingFor(table!))
            : await imported(format === 'fhir' || format === 'ndjson' ? [folder] : files, null)
        expect(records.length).toBeGreaterThan(made.visits / 2)
        let corrected = 0
        for (const record of records) {
          const form = opened(record)
          const before = { ...visitInputOf(record, 'p'), confirmations: [] }
          expect(readForm(form, context).visit).toEqual(before)
          const row = form.labs[0]!
          if (row.value === '') continue
          const value = /^[0-9.]+$/.test(row.value) ? `${row.value}1` : 'changed here'
          const { visit, problems } = readForm(patchRow(form, 'labs', row.id, { value }, rowId), context)
          expect(problems).toEqual([])
          const at = sourceIndexOf(row.id)!
          expect({ ...visit, observations: visit.observations.filter((_, i) => i !== at) }).toEqual({
            ...before,
            observations: before.observations.filter((_, i) => i !== at),
          })
          const { value: _is, flag: _flag, ...kept } = visit.observations[at]!
          const { value: _was, flag: _old, ...own } = before.observations[at]!
          expect(kept).toEqual(own)
          corrected++
        }
        expect(corrected).toBeGreaterThan(0)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    120_000,
  )

  it('are not stopped by what was wrong with them before', () => {
    const record: VisitRecord = {
      envelope,
      patient: { key: '0'.repeat(64), keyEpoch: 0, sex: 'male', consent: { scope: 'all' }, linkTokens: [] },
      encounter: {
        class: 'IMP',
        status: 'finished',
        admission: { at: '2026-05-01' },
        day: '2026-05-01',
        facility: 'f',
        payer: { type: 'UNKNOWN' },
      },
      observations: [
        {
          code: { system: 'http://loinc.org', code: '8480-6' },
          kind: 'vital',
          status: 'final',
          value: { type: 'decimal', value: '1200', unit: 'mm[Hg]' },
          sourceCodings: [],
        },
      ],
      diagnoses: [],
      procedures: [],
      prescriptions: [
        { code: { system: 'x', code: '1' }, sourceCodings: [], status: 'active', intent: 'order' },
      ],
      claims: [],
      notes: [],
    }
    const rules = { mode: 'form', today: TODAY, patient: { sex: 'male' } } as const
    const stopping = (form: VisitForm) =>
      broughtFindings(
        checkVisit(visitInputOf(record, 'p'), rules),
        checkVisit(readForm(form, context).visit, rules),
      ).map(({ path, rule }) => `${path} ${rule}`)
    const form = opened(record)
    expect(checkVisit(visitInputOf(record, 'p'), rules).length).toBeGreaterThan(5)
    expect(stopping(patchEncounter(form, { reason: 'cough' }))).toEqual([])
    expect(stopping(patchRow(form, 'medicines', sourceRowId(0), { text: 'at night' }, rowId))).toEqual([])
    // What the correction itself makes wrong stops it.
    expect(stopping({ ...form, vitals: { ...form.vitals, sbp: '1300' } })).toEqual([
      'observations.0.value above-hard-limit',
    ])
  })
})

const ROWS = [
  ['diagnoses', 'diagnoses', { isChronic: true, text: 'changed here' }],
  ['procedures', 'procedures', { text: 'changed here' }],
  ['prescriptions', 'medicines', { text: 'changed here' }],
] as const satisfies readonly (readonly [string, RowSection, object])[]

describe('a correction of one field', () => {
  it('keeps the source’s own codes where the code of a row has a name of blanks', () => {
    const code = { system: 'urn:elsewhere', code: ' ' }
    const record: VisitRecord = {
      envelope,
      patient: { key: '0'.repeat(64), keyEpoch: 0, sex: 'male', consent: { scope: 'all' }, linkTokens: [] },
      encounter: {
        class: 'AMB',
        status: 'finished',
        admission: { at: '2026-05-01' },
        day: '2026-05-01',
        facility: 'f',
        payer: { type: 'NHI' },
      },
      observations: [],
      diagnoses: [],
      procedures: [{ code, sourceCodings: [code], status: 'completed' }],
      prescriptions: [],
      claims: [],
      notes: [],
    }
    const text = 'changed here'
    const { visit } = readForm(
      patchRow(opened(record), 'procedures', sourceRowId(0), { text }, rowId),
      context,
    )
    expect(visit.procedures).toMatchObject([{ code, sourceCodings: [code], text }])
  })

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
          expect({ ...visit, [list]: [], confirmations: [] }).toEqual({
            ...before,
            [list]: [],
            confirmations: [],
          })
          expect(visit[list].filter((_, i) => i !== at)).toEqual(rows.filter((_, i) => i !== at))
          expect(visit[list][at]).toMatchObject({
            text: 'changed here',
            sourceCodings: rows[at]!.sourceCodings,
          })
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
