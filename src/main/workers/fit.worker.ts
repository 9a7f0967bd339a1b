import { readFileSync, statSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { comparePaper } from '../analytics/models/paper-comparison.ts'
import { resultText } from '../analytics/study/result-text.ts'
import { type CsvColumn, type CsvColumns, readCsvColumns } from '../stats/model/csv-columns.ts'
import { StatsFailure } from '../stats/failure.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { resultLine } from '../stats/model/result-line.ts'
import { speak } from './calls.ts'
import { type CoxTeam, createCoxTeam, serveShare, type TeamShare } from './cox-team.ts'
import {
  type ColumnDescription,
  type FitNews,
  type FitOrder,
  type FitterCalls,
  LARGEST_TABLE_BYTES,
  TableFileFailure,
} from './fit-calls.ts'
import { createMemoryKeeper } from './cox-memory.ts'
import { createWarmUp } from './warm-up.ts'

/* The thread that fits models, or a helper of it (`workerData.role`). It stays for many fits: warm code, a table in memory. */

const port = present(parentPort)
const warmUp = createWarmUp()
const keeper = createMemoryKeeper()
/** What a plan and its scratch hold beside the covariates, in doubles a row: at most about this. */
const PLAN_WORDS = 8
const TELL_EVERY_MS = 100

// Where threads have priorities of their own the window goes first, also on a machine with one free core.
if (process.platform === 'linux') setPriority(0, 5)

if ((workerData as { role: 'fit' | 'helper' }).role === 'helper') {
  port.on('message', (message: TeamShare) => serveShare(message))
} else {
  const caller = speak<FitNews, FitterCalls>(port, {
    describe: ({ path }) => {
      const { table, size } = tableOfFile(path)
      const columns = table.header.map((name) => describeColumn(name, table.columns.get(name)!))
      warmUp.begin(() => keeper.prepare(table.rowCount * (columns.length + PLAN_WORDS) * 8))
      return { bytes: size, rowCount: table.rowCount, columns }
    },
    fit: (order) => {
      warmUp.stop()
      checkKeys(order)
      const table = tableOf(order)
      const crew = teamOf(order.threads)
      try {
        const result = fitModel(table, order.model, {
          ...crew.hooks(),
          onProgress: (pass) => {
            void caller.call('pass', pass)
            return Atomics.load(order.cancel, 0) === 0
          },
        })
        return resultLine(result, order.unknown)
      } finally {
        crew.rest()
      }
    },
    simulate: ({ design, cancel }) => {
      warmUp.stop()
      let toldAt = 0
      const comparison = comparePaper(design, (done, total) => {
        // Small cohorts come by the hundred a second.
        if (Date.now() - toldAt >= TELL_EVERY_MS || done === total) {
          toldAt = Date.now()
          void caller.call('simulated', { done, total })
        }
        return Atomics.load(cancel, 0) === 0
      })
      return resultText(comparison)
    },
  })
}

/** Without covariates and with a key that means nothing, the covariates most likely stand under that key. */
function checkKeys({ model, unknown }: FitOrder): void {
  const isCurve = model.family === 'km' || model.family === 'aj'
  if (isCurve || unknown.length === 0 || model.covariates.length > 0) return
  throw new StatsFailure({
    code: 'bad-option',
    option: unknown[0]!,
    value: '',
    allowed: 'a key of the model file, e.g. covariates',
  })
}

interface KeptTable {
  path: string
  size: number
  changedAt: number
  table: CsvColumns
}

let kept: KeptTable | null = null
let team: CoxTeam | null = null

function teamOf(threads: number): CoxTeam {
  if (team && team.threads !== threads) {
    void team.close()
    team = null
  }
  return (team ??= createCoxTeam(threads, keeper))
}

function tableOf({ table, model }: FitOrder): CsvColumns {
  switch (table.kind) {
    case 'columns':
      return table.columns
    case 'csv':
      return readCsvColumns(table.bytes, columnsOf(model))
    case 'file':
      return tableOfFile(table.path).table
  }
}

/** All columns of a file, read again only when it has changed. @throws {TableFileFailure} @throws {StatsFailure} */
function tableOfFile(path: string): KeptTable {
  try {
    const { size, mtimeMs } = statSync(path)
    if (size > LARGEST_TABLE_BYTES)
      throw new TableFileFailure({ code: 'table-too-large', bytes: size, most: LARGEST_TABLE_BYTES })
    if (kept && kept.path === path && kept.size === size && kept.changedAt === mtimeMs) return kept
    // The old one first: two large tables need not lie in memory together.
    kept = null
    kept = { path, size, changedAt: mtimeMs, table: readCsvColumns(readFileSync(path), 'all') }
    return kept
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (typeof code !== 'string') throw error
    throw new TableFileFailure({ code: 'unreadable-data', reason: code })
  }
}

function describeColumn(name: string, { kinds }: CsvColumn): ColumnDescription {
  let missing = 0
  let texts = 0
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] === 1) missing++
    else if (kinds[i] === 2) texts++
  }
  const known = kinds.length - missing
  const kind = known === 0 ? 'empty' : texts === 0 ? 'number' : texts === known ? 'text' : 'mixed'
  return { name, kind, missing }
}
