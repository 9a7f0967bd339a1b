/**
 * Code that has not run yet is slow: V8 compiles a loop well only after it has gone round often. A researcher thinks for
 * seconds between choosing a table and asking for the first model; small fits of made-up rows in that time make the
 * first real one as quick as the fifth.
 */
import type { CsvColumn, CsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { ModelSpec } from '../stats/model/model-spec.ts'
import { singleThreadHooks } from './cox-team.ts'

const ROWS = 12_000
const COVARIATES = ['x1', 'x2', 'x3', 'x4', 'x5']
/** Measured: after these the next fit is no slower than the one after it. */
const FITS = 8
/** Between two small fits whoever asks for something real gets the thread. */
const PAUSE_MS = 10

export interface WarmUp {
  /** From now on, in pieces: once for the code, `prepare` each time. */
  begin(prepare: () => void): void
  /** What is asked for now warms the code as well. */
  stop(): void
}

export function createWarmUp(): WarmUp {
  let left = FITS
  let timer: ReturnType<typeof setTimeout> | null = null
  const piece = (table: CsvColumns): void => {
    timer = null
    if (left-- <= 0) return
    fitModel(table, MODEL, singleThreadHooks())
    timer = setTimeout(piece, PAUSE_MS, table)
    // Nobody waits for this: it must not keep the thread alive.
    timer.unref()
  }
  return {
    begin(prepare) {
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(() => {
        prepare()
        piece(madeUpTable())
      }, PAUSE_MS)
      timer.unref()
    },
    stop() {
      left = 0
      if (timer !== null) clearTimeout(timer)
    },
  }
}

const MODEL = ModelSpec.parse({
  family: 'cox',
  start: 'start',
  stop: 'stop',
  event: 'event',
  covariates: COVARIATES,
})

/** Rows with many entry times, distinct scores and an event in about every twentieth. */
function madeUpTable(): CsvColumns {
  let state = 1
  // Lehmer's generator (Park and Miller 1988).
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const column = (value: () => number): CsvColumn => ({
    numbers: Float64Array.from({ length: ROWS }, value),
    kinds: new Uint8Array(ROWS),
    texts: new Map(),
  })
  const start = column(() => Math.floor(uniform() * 1_000))
  let row = 0
  const stop = column(() => start.numbers[row++]! + 1 + Math.floor(uniform() * 400))
  const columns = new Map<string, CsvColumn>([
    ['start', start],
    ['stop', stop],
    ['event', column(() => (uniform() < 0.05 ? 1 : 0))],
    ...COVARIATES.map((name) => [name, column(uniform)] as const),
  ])
  return { rowCount: ROWS, header: [...columns.keys()], columns }
}
