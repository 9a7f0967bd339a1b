/**
 * A profile with a valid, signed chain of any length, written once into a cache outside the repository: for benchmarks
 * of start-up, verification and the explorer. Visits are synthetic; each is sealed with keys of its own.
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { encodeRun, runOf } from '../src/main/analytics/facts/fact-columns.ts'
import type { Facts } from '../src/main/analytics/facts/fact-tables.ts'
import { factsOf } from '../src/main/analytics/facts/facts-of.ts'
import { generatePatients } from '../src/main/generator/generate-patients.ts'
import { createNodeSeal, type NodeSeal } from '../src/main/node/access/node-seal.ts'
import { applySegment } from '../src/main/node/chain/apply-segment.ts'
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import { encodeCertificate, makeCertificate } from '../src/main/node/chain/certificate.ts'
import { encodeChainState } from '../src/main/node/chain/chain-state.ts'
import type { MemberId } from '../src/main/node/chain/ids.ts'
import type { Field } from '../src/main/node/chain/record.ts'
import { fieldsOfVisit, visitOfFields } from '../src/main/node/chain/visit-fields.ts'
import { signVote } from '../src/main/node/chain/vote.ts'
import { openLedger } from '../src/main/node/ledger.ts'
import type { SealedVisit } from '../src/main/node/outbox/outbox.ts'
import { sealVisits } from '../src/main/node/seal-visits.ts'
import { FACT_RUN_BLOCKS, factRunKey, metaKey, u64 } from '../src/main/node/storage/buckets.ts'
import { segmentWrites, stateWrite } from '../src/main/node/storage/chain-store.ts'
import { rowWrite } from '../src/main/node/storage/key-box-store.ts'
import { put, type Write } from '../src/main/node/storage/store.ts'
import { checkedValue } from '../src/main/node/storage/value.ts'
import { newestEpoch } from '../src/main/node/vault/institution-keys.ts'
import { patientKey } from '../src/main/node/vault/linkage.ts'
import { createNamesTable, registerRow } from '../src/main/patients/names-table.ts'
import { ownVisitWrites } from '../src/main/patients/own-visits.ts'
import type { PatientRow } from '../src/main/patients/patient-row.ts'
import { STORE_FOLDER, unsealKeys } from '../src/main/profile/profile-folder.ts'
import { DEMONSTRATION_PASSPHRASE, foundProfile } from '../src/main/headless.ts'
import type { VisitDraft } from '../src/shared/domain/source.ts'
import { fromHex, toHex, type Bytes } from '../src/shared/std/bytes.ts'
import { realWorld } from '../src/main/world.ts'

/** Raise it when the bytes of a profile change. */
const CACHE_VERSION = 2
const SEGMENT_VISITS = 200
const DISTINCT_VISITS = 2_000

export const PASSPHRASE = DEMONSTRATION_PASSPHRASE

/**
 * The folder of a profile whose chain has this many blocks.
 * @param records `repeated`: after the first 2,000 the same records come again under new heads, which no voter would
 *   let pass; many times faster to make, for what looks at heads only. `read`: distinct ones, whose facts are kept as by a
 *   hospital that has asked of them before
 */
export async function chainOf(
  blocks: number,
  say: (line: string) => void,
  records: 'distinct' | 'read' | 'repeated' = 'distinct',
): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'consilium-bench')
  const folder = join(
    cache,
    `chain-v${CACHE_VERSION}-${blocks}${records === 'distinct' ? '' : `-${records}`}`,
  )
  if (existsSync(join(folder, 'profile.json'))) return folder
  await mkdir(cache, { recursive: true })
  const draft = `${folder}.${process.pid}.draft`
  await rm(draft, { recursive: true, force: true })
  say(`writing a chain of ${blocks} blocks to the cache, once`)
  await makeChain(draft, blocks, say, records)
  await rm(folder, { recursive: true, force: true })
  await rename(draft, folder)
  return folder
}

async function makeChain(
  folder: string,
  blocks: number,
  say: (line: string) => void,
  made: 'distinct' | 'read' | 'repeated',
): Promise<void> {
  const distinctCount = made === 'repeated' ? DISTINCT_VISITS : blocks
  const areRead = made === 'read'
  const world = realWorld()
  const { crypto, random } = world
  const facts = await foundProfile(
    {
      folder,
      institutionName: 'Bench Hospital (synthetic)',
      personName: 'Bench',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    },
    world,
  )
  const { node: nodeKeys, session } = await unsealKeys(folder, PASSPHRASE, ['node', 'session'], world)
  if (nodeKeys === undefined || session === undefined) throw new Error('the keys did not open')
  const store = await world.openStore(join(folder, STORE_FOLDER), true)
  const ledger = await openLedger(crypto, store, folder)
  const { consensus } = nodeKeys
  const memberId = fromHex(facts.memberId) as Uint8Array as MemberId
  const keys = {
    chainId: ledger.chainId,
    memberId,
    author: nodeKeys.author,
    custodian: newestEpoch(session.custodianEpochs),
    gateway: newestEpoch(nodeKeys.gatewayEpochs),
  }
  const visits = sealableVisits(nodeKeys.linkageEpochs[0]!.key, facts.memberId, distinctCount < blocks)
  const { chainId } = ledger
  const reader = createReader(
    createNodeSeal(crypto, random, chainId, () => nodeKeys.linkageEpochs),
    facts.memberId,
  )
  const names = createNamesTable(session.names)
  let patientId = ''
  let saidAt = Date.now()
  const tell = (done: number): void => {
    if (Date.now() - saidAt < 5_000) return
    saidAt = Date.now()
    say(`${done} of ${blocks} blocks`)
  }
  const segments: SealedVisit[][] = []
  /** The segment before is written while the next one is sealed. */
  let writing: Promise<unknown> = Promise.resolve()
  for (let first = 0; first < Math.min(blocks, distinctCount); first += SEGMENT_VISITS) {
    const count = Math.min(SEGMENT_VISITS, blocks - first)
    const staged = names.stage()
    const records: Field[][] = []
    const owners: string[] = []
    for (let i = first; i < first + count; i++) {
      const { fields, newPatient } = visits.next().value!
      if (newPatient !== null) {
        staged.add(newPatient)
        patientId = newPatient.patientId
      }
      owners.push(patientId)
      records.push(fields)
    }
    const sealed = sealVisits(crypto, random, keys, records).map((each) => {
      if (each.kind === 'refused') throw new Error(each.reason)
      return each.visit
    })
    await writing
    const bundle = decided(sealed)
    const others = sealed.flatMap(({ merkleRoot, rows }, i) => [
      ...rows.map((row) => rowWrite(merkleRoot, row.scope, row.epoch, row.bytes)),
      ...ownVisitWrites(
        session.patientIndex,
        {
          sequence: first + i,
          visitId: (first + i).toString(16).padStart(32, '0'),
          recordId: (first + i).toString(16).padStart(32, '0'),
          merkleRoot: toHex(merkleRoot),
          patientId: owners[i]!,
          admission: '2026-01-01T08:00:00+08:00',
          encounterClass: 'AMB',
          op: 'create',
          supersedes: null,
          submittedAt: first + i,
        },
        `f${(first + i).toString(16).padStart(31, '0')}`,
      ),
    ])
    const runs = areRead ? reader.take(first, records) : []
    const numbers = new Map(sealed.map(({ merkleRoot }, i) => [toHex(merkleRoot), first + i]))
    writing = ledger
      .append(
        bundle,
        sealed.map(({ body }) => body),
        (root) => numbers.get(root)!,
        [...others, ...staged.writes(), ...runs, rowsHeld(first + count)],
      )
      .then((appended) => {
        if (appended.kind !== 'appended') throw new Error(appended.reason)
      })
    staged.apply()
    if (distinctCount < blocks) segments.push(sealed)
    tell(first + count)
  }
  await writing
  for (let first = distinctCount; first < blocks; first += SEGMENT_VISITS) {
    const sealed = segments[(first / SEGMENT_VISITS) % segments.length]!.slice(0, blocks - first)
    const bodies = sealed.map(({ body }) => body)
    const bundle = decided(sealed)
    const applied = applySegment(crypto, ledger.state, bundle, { isKnownRecord: () => false })
    if (applied.kind === 'rejected') throw new Error(applied.reason)
    const state = encodeChainState(applied.state)
    const added = applied.heads.map((head, i) => ({
      index: head.index,
      hash: applied.blockHashes[i]!,
      root: head.merkleRoot,
      head: bundle.heads[i]!,
      body: bodies[i]!,
      sequence: null,
    }))
    await store.commitUnsynced([
      ...segmentWrites(applied.segment.height, bundle, added, []),
      stateWrite(state),
      rowsHeld(first + sealed.length),
    ])
    ledger.adopt(state)
    tell(first + sealed.length)
  }
  await store.close()

  /** The segment of these visits, signed by the only voter. */
  function decided(sealed: readonly SealedVisit[]) {
    const { state } = ledger
    const built = buildSegment(crypto, state, { candidates: sealed, items: [] }, Date.now())
    if (built.kind !== 'built' || built.candidateCount !== sealed.length)
      throw new Error('the segment did not take all')
    const vote = signVote(
      crypto,
      state.chainId,
      {
        type: 'precommit',
        protocolVersion: state.consortium.protocolVersion,
        epoch: state.consortium.epoch,
        height: state.height + 1,
        round: 0,
        segmentId: built.segmentId,
        memberId,
      },
      consensus,
    )
    const certificate = encodeCertificate(makeCertificate([vote]))
    return { ...built.bundle, certificate }
  }
}

/** What a hospital that asked of its records before has kept of them: their facts, by runs of blocks. */
export function createReader(seal: NodeSeal, memberId: string) {
  let read: Facts[] = []
  return {
    take(first: number, records: readonly Field[][]): Write[] {
      const writes: Write[] = []
      for (const [i, fields] of records.entries()) {
        const block = first + i
        const visit = visitOfFields(fields)
        if (visit.kind === 'refused') throw new Error(visit.reason)
        read.push(factsOf(visit.record, { block, supersedes: null, author: memberId }))
        if ((block + 1) % FACT_RUN_BLOCKS !== 0) continue
        const key = factRunKey(block)
        writes.push(put(key, seal.seal(key, encodeRun(runOf(block + 1 - read.length, block, read)))))
        read = []
      }
      return writes
    },
  }
}

/** A node that decided these blocks has noted that it holds their rows: otherwise it looks for each of them at its first start. */
function rowsHeld(count: number): Write {
  const key = metaKey('rows')
  return put(key, checkedValue(key, u64(count)))
}

/**
 * One patient after the other, without end, the same each time.
 * @param areSmall the least that a visit says: its body is of the smallest class
 */
export function* sealableVisits(
  linkageKey: Bytes,
  facility: string,
  areSmall: boolean,
): Generator<{ fields: Field[]; newPatient: PatientRow | null }, void> {
  let i = 0
  for (const { visits, patient } of generatePatients({ patients: Infinity, seed: 'bench' })) {
    const row = registerRow(
      {
        name: `${patient.name ?? 'Synthetic'} ${i}`,
        nationalId: `X${i}`,
        sex: patient.sex,
        birthDate: patient.birthDate ?? '1970-01-01',
      },
      i,
    )
    const key = patientKey(linkageKey, row.keySource)
    const lastVisit = visits.at(-1)!.content.encounter.admission.at
    let newPatient: PatientRow | null = { ...row, visitCount: visits.length, lastVisit }
    for (const each of visits) {
      const content = areSmall ? withoutDetail(each.content) : each.content
      const hex = i.toString(16).padStart(32, '0')
      const made = fieldsOfVisit({
        ...content,
        envelope: {
          schema: 'visit/1',
          recordId: hex,
          visitId: hex,
          op: 'create',
          recordedAt: '2026-01-01T00:00:00Z',
          recorder: { userKeyId: 'bench', role: 'importer' },
          origin: { kind: 'synthetic', system: 'bench', sourceId: String(i) },
          confirmations: [],
        },
        patient: { ...content.patient, key, keyEpoch: 0 },
        encounter: { ...content.encounter, facility },
      })
      if (made.kind === 'refused') throw new Error(made.reason)
      yield { fields: made.fields, newPatient }
      newPatient = null
      i++
    }
  }
}

function withoutDetail(content: VisitDraft): VisitDraft {
  return { ...content, observations: [], procedures: [], prescriptions: [], claims: [], notes: [] }
}
