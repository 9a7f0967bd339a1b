/**
 * What an insurer keeps of its pricing, sealed in its own node's store: tariffs with the recipe and results that made them, lists of permitted
 * factors, and changes by hand as they were noted. It is the institution's and no person's: who approves sees what was made.
 */
import { z } from 'zod'
import {
  buildUpStep,
  factorRules,
  type NotedChange,
  notedChange,
  type PricingStep,
  pricingWork,
} from '../../shared/domain/pricing-work.ts'
import { fromHex, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { rangeOf, tariffBookKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import { proxyWarning } from '../../shared/contract/pricing.ts'
import { tariffDocument } from '../pricing/tariff/document.ts'
import { storedRecipe, storedTable, tariffSource } from '../pricing/tariff/tariff-file.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

const hash = z.string()
const person = z.object({ personId: z.string(), name: z.string() })

const keptTariff = z.object({
  format: z.literal(1),
  hash,
  document: tariffDocument,
  recipe: storedRecipe,
  results: storedTable,
  source: tariffSource,
  work: pricingWork,
  rules: z.object({ hash, version: z.int() }),
  warnings: z.array(proxyWarning),
  made: person.extend({ at: z.number() }),
  decided: person
    .extend({ at: z.number(), verdict: z.enum(['approve', 'refuse']), reason: z.string() })
    .nullable(),
})
export type KeptTariff = z.infer<typeof keptTariff>

const keptRules = z.object({
  format: z.literal(1),
  hash,
  version: z.int(),
  rules: factorRules,
  by: z.string(),
  at: z.number(),
})
export type KeptRules = z.infer<typeof keptRules>

const keptNote = z.union([
  z.object({ format: z.literal(1), hash, change: notedChange }),
  z.object({ format: z.literal(1), hash, step: buildUpStep }),
])

/** Ten years of a version a week, and of changes by hand. */
export const TARIFFS_MAX = 500

export interface TariffBook {
  /** Newest first. */
  tariffs(): Promise<readonly KeptTariff[]>
  tariff(hash: string): Promise<KeptTariff | null>
  /** `change` sees what is there; null leaves it. One after the other. @throws {StorageFailure} */
  change(hash: string, change: (before: KeptTariff | null) => KeptTariff | null): Promise<KeptTariff | null>
  /** All versions, newest first. */
  rules(): Promise<readonly KeptRules[]>
  /** Null where `make` gives none. @throws {StorageFailure} */
  addRules(make: (before: readonly KeptRules[]) => KeptRules | null): Promise<KeptRules | null>
  /** A change of relativities, or a step with its note. */
  note(
    entry: { readonly hash: string } & ({ readonly change: NotedChange } | { readonly step: PricingStep }),
  ): Promise<void>
  isNoted(hash: string): Promise<boolean>
}

const KINDS = { tariff: 0, rules: 1, note: 2 } as const
type World = Pick<ProfileWorld, 'crypto' | 'random'>
type Node = Pick<ChainNode, 'store' | 'write' | 'auditKeys'> & {
  readonly ledger: Pick<ChainNode['ledger'], 'chainId'>
}

const turns = new WeakMap<object, Promise<unknown>>()

export function tariffBook({ crypto, random }: World, node: Node): TariffBook {
  // Of the audit's keys, which insurers hold too, and which outlive every change of keys.
  const seal = createNodeSeal(crypto, random, node.ledger.chainId, () => node.auditKeys.list())

  async function read<T>(kind: number, name: string, shape: z.ZodType<T>): Promise<T | null> {
    const key = tariffBookKey(kind, fromHex(name))
    const value = await node.store.get(key)
    const content = value === null ? null : seal.open(key, value)
    if (content === null) return null
    const parsed = shape.safeParse(JSON.parse(utf8Decode(content)))
    return parsed.success ? parsed.data : null
  }

  async function readAll<T>(kind: number, shape: z.ZodType<T>): Promise<T[]> {
    const found: T[] = []
    for await (const { key, value } of node.store.scan(rangeOf('x/y', Uint8Array.of(kind)))) {
      const content = seal.open(key, value)
      if (content === null) continue
      const parsed = shape.safeParse(JSON.parse(utf8Decode(content)))
      if (parsed.success) found.push(parsed.data)
    }
    return found
  }

  async function write(kind: number, name: string, value: object): Promise<void> {
    const key = tariffBookKey(kind, fromHex(name))
    await node.write([put(key, seal.seal(key, utf8Encode(JSON.stringify(value))))])
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = (turns.get(node.store) ?? Promise.resolve()).then(work, work)
    turns.set(
      node.store,
      done.catch(() => {}),
    )
    return done
  }

  const tariffs = async (): Promise<readonly KeptTariff[]> =>
    (await readAll(KINDS.tariff, keptTariff)).sort((a, b) => b.made.at - a.made.at)
  const rules = async (): Promise<readonly KeptRules[]> =>
    (await readAll(KINDS.rules, keptRules)).sort((a, b) => b.at - a.at || b.version - a.version)

  return {
    tariffs,
    tariff: (name) => read(KINDS.tariff, name, keptTariff),
    change: (name, change) =>
      inTurn(async () => {
        const before = await read(KINDS.tariff, name, keptTariff)
        const after = change(before)
        if (after !== null && after !== before) await write(KINDS.tariff, name, after)
        return after
      }),
    rules,
    addRules: (make) =>
      inTurn(async () => {
        const added = make(await rules())
        if (added !== null) await write(KINDS.rules, added.hash, added)
        return added
      }),
    note: (entry) => write(KINDS.note, entry.hash, { format: 1, ...entry }),
    isNoted: async (name) => (await read(KINDS.note, name, keptNote)) !== null,
  }
}
