/** Fits of tariffs, made again and compared, beside the main thread (`pricing.ts`). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { challenge, challengerRates } from '../pricing/model/challenge.ts'
import { priceProduct } from '../pricing/model/price-product.ts'
import { decodeRating } from '../pricing/tariff/document.ts'
import { makeTariff, replayTariff } from '../pricing/tariff/make-tariff.ts'
import { recompute } from '../pricing/tariff/tariff-file.ts'
import { speak } from './calls.ts'
import type { PricingCalls } from './pricing.ts'

const crypto = createNodeCrypto()

speak<Record<string, never>, PricingCalls>(present(parentPort), {
  price: ({ recipe, table, result, exposure, premium, holdout }) =>
    priceProduct(recipe, table, result, exposure, premium, holdout),
  make: ({ header, recipe, table }) => makeTariff(crypto, header, recipe, table),
  replay: ({ document, recipe, table }) => replayTariff(crypto, document, recipe, table),
  recompute: ({ document, recipe, source, table, recorded }) =>
    recompute(crypto, { document, recipe, source }, table, recorded),
  challenge: ({ champion, process, challenger, table }) => {
    const rates = challengerRates(challenger, table, champion === null)
    if (rates.kind !== 'rates' || champion === null) return { rates, compared: null }
    return { rates, compared: challenge(decodeRating(champion), rates.rates, table, process) }
  },
})
