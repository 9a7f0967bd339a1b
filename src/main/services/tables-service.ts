/** Looking at a hospital's tables, saved mappings, and trials. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { tables as tablesContract, SeenTable } from '../../shared/contract/tables.ts'
import { isLoincCode } from '../../shared/domain/lab-tests.ts'
import {
  TABLE_MAPPING_FORMAT,
  type TableDelimiter,
  type TableEncoding,
  type TableMapping,
} from '../../shared/domain/table-mapping.ts'
import { rowOfSource } from '../imports/intake-desk.ts'
import { createPersonDesk } from '../imports/person-desk.ts'
import { runTrial } from '../imports/run-trial.ts'
import type { FinishedTrial } from '../imports/trial.ts'
import { loadWatches } from '../imports/watched-store.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import { listMappings, removeMapping, saveMapping } from '../profile/table-mappings.ts'
import { layoutFor } from '../records/hospital-files.ts'
import { recogniseFiles } from '../records/read-records.ts'
import { inspectTable, type TextForm } from '../records/table-file.ts'
import { gapsOf, headerRowOf, proposeTable, testsIn } from '../records/tables/propose.ts'
import { leaseOf, nodeOf, patientsOf, profileOf, readAtDesk, type ServiceContext } from './context.ts'
import { dayIn } from './facility-time.ts'
import { issuesAsCsv } from './issues-file.ts'

const ROWS_SHOWN = 30
const TABLES_MAX = 20
const TESTS_SHOWN = 200
const ISSUES_IN_REPORT = 200

export function createTablesService(context: ServiceContext): Handlers<typeof tablesContract> {
  const { world, jobs } = context
  const today = (): number => dayIn(profileOf(context).facts.zone, world.now())
  const trialOf = (jobId: string): FinishedTrial | null => {
    const result = jobs.result(jobId, 'trial')
    return typeof result === 'object' && result !== null && 'issues' in result
      ? (result as FinishedTrial)
      : null
  }

  return {
    async recognise({ paths }) {
      leaseOf(context)
      const { fhir, hl7, synthea, tables, missing } = await recogniseFiles(paths)
      const files = tables.map(({ file }) => file)
      const mapping = files.length === 0 ? null : await knownMapping(profileOf(context).folder, files)
      return {
        fhirCount: fhir.length,
        hl7Count: hl7.length,
        syntheaCount: synthea.length,
        tables: files,
        missing: [...missing],
        mapping,
      }
    },

    async look({ paths, encoding, delimiter, headerRows }) {
      leaseOf(context)
      const seen: SeenTable[] = []
      const refused: ImportReject[] = []
      let form: TextForm | null = null
      let encodings: readonly TableEncoding[] | null = null
      let isCertain = true
      for (const path of paths) {
        const looked = await inspectTable(path, {
          ...(encoding === undefined ? {} : { encoding }),
          ...(delimiter === undefined ? {} : { delimiter }),
        })
        if (looked.kind === 'refused') {
          refused.push({ file: path, path: '', reason: looked.reason })
          continue
        }
        form ??= looked.form
        if (looked.guess !== null) {
          const { possible } = looked.guess
          encodings = encodings === null ? possible : encodings.filter((each) => possible.includes(each))
          isCertain &&= looked.guess.isCertain
        }
        for (const sheet of looked.sheets) {
          if (seen.length >= TABLES_MAX || !sheet.rows.some((row) => row.some((cell) => cell.trim() !== '')))
            continue
          const headerRow = headerRows?.[seen.length] ?? headerRowOf(sheet.rows)
          const { layout, ambiguousDates, hazards } = proposeTable(sheet, today(), headerRow)
          if (layout.columns.length === 0) continue
          const body = sheet.rows.slice(headerRow)
          seen.push({
            path,
            sheet: sheet.sheet,
            rows: sheet.rows.slice(0, headerRow + ROWS_SHOWN).map((row) => [...row]),
            proposed: layout,
            ambiguousDates: ambiguousDates.map(({ at, forms }) => ({ at, forms: [...forms] })),
            hazards: hazards.map((each) => ({ ...each })),
            tests:
              layout.kind === 'results'
                ? testsIn(layout, body, isLoincCode)
                    .slice(0, TESTS_SHOWN)
                    .map((each) => ({ ...each, units: [...each.units] }))
                : [],
          })
        }
      }
      return {
        encoding: form?.encoding ?? null,
        delimiter: form?.delimiter ?? null,
        encodings: [...(encodings ?? [])],
        isCertain,
        tables: seen,
        refused,
      }
    },

    gaps: async ({ tables }) => gapsOf(tables),
    mappings: async () => listMappings(profileOf(context).folder),
    async saveMapping({ id, ...rest }) {
      leaseOf(context)
      const { folder } = profileOf(context)
      const mapping: TableMapping = {
        ...rest,
        format: TABLE_MAPPING_FORMAT,
        id: id ?? randomBytes(16).toString('hex'),
        savedAt: world.now(),
      }
      await saveMapping(folder, mapping)
      return mapping
    },
    async removeMapping({ id }) {
      const watches = await readAtDesk(context, ({ node, keys }) =>
        loadWatches(node.store, keys.patientIndex),
      )
      const watch = watches.find(({ setting }) => setting.mappingId === id)
      if (watch !== undefined) return { kind: 'watched', folder: watch.setting.folder }
      await removeMapping(profileOf(context).folder, id)
      return { kind: 'removed' }
    },
    async startTrial({ paths, mapping }) {
      const profile = profileOf(context)
      const { zone } = profile.facts
      const node = nodeOf(context)
      // The job's own lease: what is shown of patients belongs to the person who asked.
      const lease = leaseOf(context).share()
      const { jobId } = jobs.start('trial', 'bytes', async (control) => {
        try {
          const { keys, names: loading } = patientsOf(lease)
          const names = await loading
          return await runTrial({
            known(patient) {
              const row = rowOfSource(names, patient)
              return row === null ? null : { sex: row.sex, deathDate: row.deathDate }
            },
            people: createPersonDesk({
              node,
              keys,
              names,
              now: world.now,
              inTurn: (work) => profile.inTurn(work),
              isTrial: true,
            }),
            source: { kind: 'files', paths, mapping, zone },
            today: today(),
            signal: control.signal,
            onProgress: control.progress,
          })
        } finally {
          lease.release()
        }
      })
      return { jobId }
    },
    async trialReport({ jobId }) {
      leaseOf(context)
      const trial = trialOf(jobId)
      return trial === null ? null : { ...trial.report, issues: trial.issues.slice(0, ISSUES_IN_REPORT) }
    },
    async issues({ jobId, first, count }) {
      leaseOf(context)
      return trialOf(jobId)?.issues.slice(first, first + count) ?? []
    },
    async saveIssues({ jobId, sentences }) {
      leaseOf(context)
      const trial = trialOf(jobId)
      if (trial === null) return { path: null }
      const path = await context.desktop.chooseSavePath({
        purpose: 'rejects',
        defaultName: 'import-check.csv',
      })
      if (path === null) return { path: null }
      try {
        await writeFile(path, issuesAsCsv(trial.issues, sentences), { mode: 0o600 })
      } catch (error) {
        throw asWritingFailure(error, path) ?? error
      }
      return { path }
    },
  }
}

/** The newest saved mapping in which the headers of every file are known. */
async function knownMapping(folder: string, files: readonly string[]): Promise<TableMapping | null> {
  for (const mapping of await listMappings(folder)) {
    let isKnown = true
    for (const file of files.slice(0, TABLES_MAX)) {
      const form: { encoding?: TableEncoding; delimiter?: TableDelimiter } = {
        ...(mapping.encoding === null ? {} : { encoding: mapping.encoding }),
        ...(mapping.delimiter === null ? {} : { delimiter: mapping.delimiter }),
      }
      const looked = await inspectTable(file, form)
      isKnown &&=
        looked.kind === 'table' && looked.sheets.some(({ rows }) => layoutFor(mapping.tables, rows) !== null)
    }
    if (isKnown) return mapping
  }
  return null
}
