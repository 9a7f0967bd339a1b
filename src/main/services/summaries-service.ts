/** Printed summaries: signed here, kept sealed so that a code alone finds them, and checked from paper or file. */
import {
  summaryDocument,
  type CheckedSummary,
  type SummaryDocument,
  type summaries as summariesContract,
} from '../../shared/contract/summaries.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { equalBytes, fromHex, toHex, utf8Decode, type Bytes } from '../../shared/std/bytes.ts'
import { blockHashOf, decodeHead } from '../node/chain/block.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { keyTail, summaryKey } from '../node/storage/buckets.ts'
import { readBlock, readPlace, readPlaces } from '../node/storage/chain-store.ts'
import { put, StorageFailure } from '../node/storage/store.ts'
import { decodeCrockford, encodeCrockford } from '../node/vault/crockford.ts'
import { ownVisitBySequence, visitsOfPatient, type OwnVisit } from '../patients/own-visits.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { standingsOf } from '../patients/version-order.ts'
import { putSeal, takeSeal } from '../summaries/pdf-seal.ts'
import {
  CODE_BYTES,
  codeOf,
  digestOf,
  HASH_START_BYTES,
  pdfSignatureInput,
  sealFromText,
  sealToText,
  signSeal,
  verifySeal,
  type QuotedBlock,
  type Seal,
} from '../summaries/summary-seal.ts'
import { atDesk, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { namePatientAt, openOwnRecord, openingDesk, rootOf } from './open-own-record.ts'
import { personGroups } from './person-groups.ts'

type SummariesHandlers = Handlers<typeof summariesContract>
/** Without what needs a desktop. */
export type SummaryCore = Pick<SummariesHandlers, 'make' | 'sealPdf' | 'asFile' | 'checkText' | 'checkFile'>
type Block = Extract<CheckedSummary, { kind: 'checked' }>['blocks'][number]

interface Issued {
  readonly seal: string
  readonly document: SummaryDocument
}

const FILE_BYTES_MAX = 24 * 1024 * 1024

export function createSummaryCore(context: ServiceContext): SummaryCore {
  const { crypto } = context.world

  return {
    make: ({ patientId, merkleRoots }) =>
      atDesk(context, async (desk) => {
        const { node, names, keys, profile } = desk
        const row = names.get(patientId)
        if (row === null) return { kind: 'refused', reason: 'unknown-patient' }
        const visits: SummaryDocument['visits'] = []
        const blocks: QuotedBlock[] = []
        const entries = (await personGroups(desk)).entriesOf(patientId)
        for (const merkleRoot of merkleRoots) {
          const root = rootOf(merkleRoot)
          const opened = root && (await openOwnRecord(openingDesk(node, crypto, keys), root))
          if (!opened || opened.kind === 'sealed') return { kind: 'refused', reason: 'sealed' }
          const { index, sequence } = opened.place
          const own =
            sequence === null ? null : await ownVisitBySequence(node.store, keys.patientIndex, sequence)
          // Nobody's name stands over another person's visit.
          if (own === null || !entries.includes(own.patientId))
            return { kind: 'refused', reason: 'not-this-patient' }
          const hash = index === null ? null : await blockHashAt(desk, index)
          if (index === null || hash === null) continue
          visits.push({ index, blockHash: toHex(hash), merkleRoot, record: opened.record })
          blocks.push({ index, hashStart: hash.slice(0, HASH_START_BYTES) })
        }
        if (visits.length === 0) return { kind: 'refused', reason: 'nothing-final' }
        const { name, latinName, sex, birthDate, medicalRecordNumber } = row
        const madeAt = context.world.now()
        // Parsed once, so that the order of keys and what is left out are those of every reader.
        const document = summaryDocument.parse({
          format: 'consilium-summary',
          version: 1,
          chainId: profile.facts.chainId,
          memberId: profile.facts.memberId,
          hospital: profile.facts.institutionName,
          madeAt,
          patient: { name, latinName, sex, birthDate, medicalRecordNumber },
          visits,
        })
        const { author } = node.sealingKeys(keys.custodianEpochs[0]!)
        const digest = digestOf(crypto, JSON.stringify(document))
        const seal = signSeal(crypto, node.ledger.chainId, author, {
          memberId: node.memberId,
          madeAt,
          digest,
          blocks,
        })
        const code = codeOf(crypto, node.ledger.chainId, seal)
        const at = summaryKey(code)
        const issued: Issued = { seal: sealToText(seal), document }
        await node.write([put(at, sealRow(keys.patientIndex, keyTail('q', at), issued))])
        return { kind: 'made', code: showCode(code), seal: issued.seal, document }
      }),
    sealPdf: ({ code, pdf }) =>
      readAtDesk(context, async (desk) => {
        const found = await issuedUnder(desk, code)
        if (found === null) return { pdf: null }
        const { node, keys } = desk
        const bytes = new Uint8Array(Buffer.from(pdf, 'base64'))
        const { author } = node.sealingKeys(keys.custodianEpochs[0]!)
        const signature = crypto.ed25519Sign(
          author,
          pdfSignatureInput(crypto, node.ledger.chainId, found.code, bytes),
        )
        const sealed = putSeal(bytes, { sealText: found.issued.seal, signature })
        return { pdf: sealed === null ? null : Buffer.from(sealed).toString('base64') }
      }),
    asFile: ({ code }) =>
      readAtDesk(context, async (desk) => {
        const found = await issuedUnder(desk, code)
        if (found === null) return { text: null }
        const { seal, document } = found.issued
        return { text: `${JSON.stringify({ seal, document }, null, 2)}\n` }
      }),
    checkText: ({ text }) =>
      readAtDesk(context, async (desk) => {
        const seal = sealFromText(text)
        if (seal !== null) return checkSeal(desk, seal, 'seal', null)
        const found = await issuedUnder(desk, text)
        if (found !== null) return checkSeal(desk, sealFromText(found.issued.seal)!, 'code', null)
        const isCode = decodeCrockford(text)?.length === CODE_BYTES
        return { kind: 'refused', reason: isCode ? 'unknown-code' : 'not-a-summary' }
      }),
    checkFile: ({ file }) =>
      readAtDesk(context, async (desk) => {
        const bytes = new Uint8Array(Buffer.from(file, 'base64'))
        if (bytes.length > FILE_BYTES_MAX) return { kind: 'refused', reason: 'too-large' }
        return (await checkPdf(desk, bytes)) ?? checkJson(desk, bytes)
      }),
  }

  async function checkPdf(desk: Desk, file: Bytes): Promise<CheckedSummary | null> {
    const found = takeSeal(file)
    if (found.kind === 'none') return null
    const seal = found.kind === 'found' ? sealFromText(found.seal.sealText) : null
    if (found.kind !== 'found' || seal === null) return { kind: 'refused', reason: 'altered' }
    const { chainId } = desk.node.ledger
    const keys = await authorKeysOf(desk, seal)
    if (keys.length === 0) return { kind: 'refused', reason: 'unknown-signer' }
    const input = pdfSignatureInput(crypto, chainId, codeOf(crypto, chainId, seal), found.pdf)
    if (!keys.some((key) => crypto.ed25519Verify(key, input, found.seal.signature)))
      return { kind: 'refused', reason: 'altered' }
    return checkSeal(desk, seal, 'pdf', null)
  }

  async function checkJson(desk: Desk, file: Bytes): Promise<CheckedSummary> {
    const refused = { kind: 'refused', reason: 'not-a-summary' } as const
    let parsed: unknown
    try {
      parsed = JSON.parse(utf8Decode(file))
    } catch {
      return refused
    }
    const { seal: sealText, document } = (parsed ?? {}) as { seal?: unknown; document?: unknown }
    const seal = typeof sealText === 'string' ? sealFromText(sealText) : null
    if (seal === null) return refused
    // Every letter of the document is under the digest, also those that this version would not show.
    if (!equalBytes(digestOf(crypto, JSON.stringify(document)), seal.digest))
      return { kind: 'refused', reason: 'altered' }
    const read = summaryDocument.safeParse(document)
    return checkSeal(desk, seal, 'document', read.success ? read.data : null)
  }

  async function checkSeal(
    desk: Desk,
    seal: Seal,
    compared: Extract<CheckedSummary, { kind: 'checked' }>['compared'],
    document: SummaryDocument | null,
  ): Promise<CheckedSummary> {
    const { node } = desk
    const { chainId } = node.ledger
    const keys = await authorKeysOf(desk, seal)
    if (keys.length === 0) return { kind: 'refused', reason: 'unknown-signer' }
    if (!keys.some((key) => verifySeal(crypto, chainId, key, seal)))
      return { kind: 'refused', reason: 'altered' }
    const code = codeOf(crypto, chainId, seal)
    const isOwn = equalBytes(seal.memberId, node.memberId)
    const kept = isOwn && document === null ? await issuedUnder(desk, showCode(code)) : null
    const blocks: Block[] = []
    for (const block of seal.blocks) blocks.push(await blockNow(desk, block))
    return {
      kind: 'checked',
      code: showCode(code),
      hospital: findMember(membersOf(node.ledger.state.consortium), seal.memberId)?.name ?? '',
      memberId: toHex(seal.memberId),
      madeAt: seal.madeAt,
      isOwn,
      compared,
      blocks,
      document: document ?? kept?.issued.document ?? null,
    }
  }

  /** Of hospitals in the table, and also those that were replaced since: paper is older than a change of keys. */
  async function authorKeysOf({ node }: Desk, { memberId }: Seal): Promise<readonly Uint8Array[]> {
    const name = toHex(memberId)
    if (!node.ledger.authorKeys().has(name)) return []
    return (await node.ledger.authorKeysEver()).get(name) ?? []
  }

  async function blockHashAt({ node }: Desk, index: number): Promise<Bytes | null> {
    const block = await readBlock(node.store, index)
    return block.kind === 'ok' ? blockHashOf(crypto, node.ledger.chainId, block.value.head) : null
  }

  async function blockNow(desk: Desk, { index, hashStart }: QuotedBlock): Promise<Block> {
    const { node } = desk
    const nothing = { since: 'unknown', newerIndex: null, merkleRoot: null, isOwn: false } as const
    const quoted = { index, hashStart: toHex(hashStart) }
    const hash = await blockHashAt(desk, index)
    if (hash === null) return { ...quoted, inChain: 'not-here', ...nothing }
    if (!equalBytes(hash.subarray(0, HASH_START_BYTES), hashStart))
      return { ...quoted, inChain: 'differs', ...nothing }
    const block = await readBlock(node.store, index)
    const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
    if (head === null) throw new StorageFailure({ code: 'corrupt', path: 'block', key: String(index) })
    const place = await readPlace(node.store, head.merkleRoot)
    const merkleRoot = toHex(head.merkleRoot)
    if (place?.sequence == null) return { ...quoted, inChain: 'unchanged', ...nothing, merkleRoot }
    return {
      ...quoted,
      inChain: 'unchanged',
      merkleRoot,
      isOwn: true,
      ...(await sinceThen(desk, place.sequence)),
    }
  }

  /** What became of an own visit since this version. */
  async function sinceThen(
    { node, keys }: Desk,
    sequence: number,
  ): Promise<Pick<Block, 'since' | 'newerIndex'>> {
    const own = await ownVisitBySequence(node.store, keys.patientIndex, sequence)
    if (own === null) return { since: 'unknown', newerIndex: null }
    const versions = (await visitsOfPatient(node.store, keys.patientIndex, own.patientId)).filter(
      ({ visitId }) => visitId === own.visitId,
    )
    const places = await readPlaces(
      node.store,
      versions.map(({ merkleRoot }) => fromHex(merkleRoot)),
    )
    const indexOf = (version: OwnVisit): number | null => places[versions.indexOf(version)]?.index ?? null
    const standings = standingsOf(versions.map((version) => ({ ...version, index: indexOf(version) })))
    const standing = standings.get(own.merkleRoot)
    if (standing === 'conflict') return { since: 'conflict', newerIndex: null }
    const current = versions.find(({ merkleRoot }) => standings.get(merkleRoot) === 'current')
    if (current === undefined || standing === 'current')
      return { since: own.op === 'retract' ? 'retracted' : 'current', newerIndex: null }
    return { since: current.op === 'retract' ? 'retracted' : 'amended', newerIndex: indexOf(current) }
  }

  async function issuedUnder(
    { node, keys }: Desk,
    text: string,
  ): Promise<{ code: Bytes; issued: Issued } | null> {
    const code = decodeCrockford(text)
    if (code?.length !== CODE_BYTES) return null
    const at = summaryKey(code)
    const value = await node.store.get(at)
    if (value === null) return null
    const opened = openRow(keys.patientIndex, keyTail('q', at), value) as Issued | null
    if (opened === null)
      throw new StorageFailure({ code: 'corrupt', path: 'summaries', bucket: 'q', key: toHex(at) })
    const root = rootOf(opened.document.visits[0]?.merkleRoot ?? '')
    const place = root && (await readPlace(node.store, root))
    if (place?.sequence != null) await namePatientAt(node.store, keys, place.sequence)
    return { code, issued: opened }
  }
}

/** In fours, as people read and type it. */
const showCode = (code: Bytes): string => encodeCrockford(code).match(/.{4}/g)!.join('-')
