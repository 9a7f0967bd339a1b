/**
 * Versions of the insurer's exposure file, sealed in its own node's store: the list in one row, each file's text in another, named by the
 * hash of its bytes. Whatever reads cells parses the text again, so that what is kept is what was imported.
 */
import { z } from 'zod'
import {
  exposureVersion,
  type ExposureSummary,
  type ExposureVersion,
} from '../../shared/contract/exposures.ts'
import { fromHex, toHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal, type NodeSeal } from '../node/access/node-seal.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { exposureFileKey, exposureListKey } from '../node/storage/buckets.ts'
import { del, put } from '../node/storage/store.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { IMPORT_ERRORS_MAX } from '../pricing/limits.ts'
import { importExposure, type ImportedExposure } from '../pricing/monitor/exposure-csv.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { ageBandsOf } from './age-bands.ts'

/** More than a version a week for two years. */
export const VERSIONS_MAX = 120

type World = Pick<ProfileWorld, 'crypto' | 'random'>
type Node = Pick<ChainNode, 'store' | 'write' | 'auditKeys'> & {
  readonly ledger: Pick<ChainNode['ledger'], 'chainId'>
}

const stored = z.object({ format: z.literal(1), versions: z.array(exposureVersion) })

export interface ExposureBook {
  /** Newest first. */
  list(): Promise<readonly ExposureVersion[]>
  /** False where there are too many. The same file again is the same version, imported anew. @throws {StorageFailure} */
  keep(version: ExposureVersion, bytes: Bytes): Promise<boolean>
  /** False where there is none. @throws {StorageFailure} */
  remove(hash: string): Promise<boolean>
  /** The cells of a version, null where it is not here or does not open. */
  rows(hash: string): Promise<readonly ExposureRow[] | null>
}

/** Changes of one store come one after the other, whichever service asks. */
const turns = new WeakMap<object, Promise<unknown>>()

export function exposureBook(world: World, node: Node): ExposureBook {
  const seal = sealOf(world, node)

  async function list(): Promise<readonly ExposureVersion[]> {
    const content = await opened(seal, node, exposureListKey())
    if (content === null) return []
    const read = stored.safeParse(JSON.parse(utf8Decode(content)))
    return read.success ? read.data.versions : []
  }

  function listRow(versions: readonly ExposureVersion[]) {
    const key = exposureListKey()
    return put(key, seal.seal(key, utf8Encode(JSON.stringify({ format: 1, versions }))))
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = (turns.get(node.store) ?? Promise.resolve()).then(work, work)
    turns.set(
      node.store,
      done.catch(() => {}),
    )
    return done
  }

  return {
    list,
    keep: (version, bytes) =>
      inTurn(async () => {
        const others = (await list()).filter(({ hash }) => hash !== version.hash)
        if (others.length >= VERSIONS_MAX) return false
        const key = exposureFileKey(fromHex(version.hash))
        await node.write([put(key, seal.seal(key, bytes)), listRow([version, ...others])])
        return true
      }),
    remove: (hash) =>
      inTurn(async () => {
        const before = await list()
        const left = before.filter((each) => each.hash !== hash)
        if (left.length === before.length) return false
        await node.write([del(exposureFileKey(fromHex(hash))), listRow(left)])
        return true
      }),
    async rows(hash) {
      const bytes = await opened(seal, node, exposureFileKey(fromHex(hash)))
      if (bytes === null) return null
      const read = readExposure(bytes)
      return read?.kind === 'imported' ? read.rows : null
    },
  }
}

/** Null for bytes that are no text in UTF-8. */
export function readExposure(bytes: Bytes): ImportedExposure | null {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
  const read = importExposure(text)
  if (read.kind !== 'imported') return read
  // No table can be asked of bands that do not follow each other: said here, not when the table is to be asked.
  const bands = ageBandsOf([...new Set(read.rows.map(({ key }) => key.ageBand))])
  if (bands.kind === 'bands') return read
  const errors = bands.labels.slice(0, IMPORT_ERRORS_MAX).map((label) => ({
    code: 'not-a-band' as const,
    line: read.rows.findIndex(({ key }) => key.ageBand === label) + 2,
    column: 'ageBand',
    found: label.slice(0, 40),
    hint: null,
  }))
  return { kind: 'refused', errors, errorCount: bands.labels.length }
}

export function summaryOf(
  { crypto }: { readonly crypto: Pick<Crypto, 'sha256'> },
  fileName: string,
  bytes: Bytes,
  { rows, memberMonths, premiumMinor, months, groups }: Extract<ImportedExposure, { kind: 'imported' }>,
): ExposureSummary {
  const sorted = (of: (row: ExposureRow) => string): string[] => [...new Set(rows.map(of))].sort()
  return {
    hash: toHex(crypto.sha256(bytes)),
    fileName,
    rows: rows.length,
    memberMonths,
    premiumMinor,
    months: [...months],
    plans: sorted(({ key }) => key.plan),
    groups: [...groups],
    ageBands: sorted(({ key }) => key.ageBand),
  }
}

async function opened(seal: NodeSeal, node: Pick<Node, 'store'>, key: Bytes): Promise<Bytes | null> {
  const value = await node.store.get(key)
  return value === null ? null : seal.open(key, value)
}

/** Of the audit's keys, which insurers hold too, and which outlive every change of keys. */
function sealOf({ crypto, random }: World, { ledger, auditKeys }: Node): NodeSeal {
  return createNodeSeal(crypto, random, ledger.chainId, () => auditKeys.list())
}
