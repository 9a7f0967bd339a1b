/** The pricing model in a thread of its own, started with the first fit: the main thread is never held up by one. */
import { Worker } from 'node:worker_threads'
import type { Challenged, Challenger, ChallengerRates } from '../pricing/model/challenge.ts'
import type { CostProcess } from '../pricing/model/validate.ts'
import type { PricedProduct, ProductRecipe } from '../pricing/model/price-product.ts'
import type { RecordedResult } from '../pricing/model/recorded-table.ts'
import type { TariffTable } from '../pricing/model/tariff-table.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import type { TariffDocument } from '../pricing/tariff/document.ts'
import type { Replay, TariffHeader, TariffRecipe } from '../pricing/tariff/make-tariff.ts'
import type { Recomputed, TariffSource } from '../pricing/tariff/tariff-file.ts'
import { speak, type Peer } from './calls.ts'
import { workerUrl } from './worker-url.ts'

export type PricingCalls = {
  price: {
    input: {
      recipe: ProductRecipe
      table: TariffTable
      result: RecordedResult
      exposure: readonly ExposureRow[]
      /** Earned in the table's cells, minor units. */
      premium: number
      holdout: TariffTable | null
    }
    output: PricedProduct
  }
  make: { input: { header: TariffHeader; recipe: TariffRecipe; table: TariffTable }; output: TariffDocument }
  replay: { input: { document: TariffDocument; recipe: TariffRecipe; table: TariffTable }; output: Replay }
  recompute: {
    input: {
      document: TariffDocument
      recipe: TariffRecipe
      source: TariffSource
      table: TariffTable
      recorded: RecordedResult | null
    }
    output: Recomputed
  }
  challenge: {
    input: {
      /** Null: only which factors the challenger reads; no rate is computed. */
      champion: Extract<TariffDocument['rating'], { kind: 'table' }> | null
      /** What a cell's cost varies by chance, by the champion; null where it is not known. */
      process: CostProcess | null
      challenger: Challenger
      table: TariffTable
    }
    output: { rates: ChallengerRates; compared: Challenged | null }
  }
}

export interface Pricer {
  /** @throws {WorkerFailure} with the engine's code; when the signal ends it, the thread ends with it */
  call<Name extends keyof PricingCalls & string>(
    name: Name,
    input: PricingCalls[Name]['input'],
    signal?: AbortSignal,
  ): Promise<PricingCalls[Name]['output']>
  close(): Promise<void>
}

export function createPricer(): Pricer {
  let started: { worker: Worker; peer: Peer<PricingCalls> } | null = null
  let pending = 0
  const start = () => {
    const worker = new Worker(workerUrl('pricing'))
    worker.unref()
    return { worker, peer: speak<PricingCalls, Record<string, never>>(worker, {}) }
  }
  return {
    async call(name, input, signal) {
      started ??= start()
      const { worker, peer } = started
      const stop = (): void => {
        if (started?.worker === worker) started = null
        void worker.terminate()
      }
      signal?.addEventListener('abort', stop, { once: true })
      // The process may end while the thread is idle, but not while somebody waits for it.
      if (pending++ === 0) worker.ref()
      try {
        return await peer.call(name, input)
      } finally {
        if (--pending === 0) worker.unref()
        signal?.removeEventListener('abort', stop)
      }
    },
    async close() {
      await started?.worker.terminate()
      started = null
    },
  }
}
