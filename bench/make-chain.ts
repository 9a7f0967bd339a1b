/**
 * A profile with a valid, signed chain of any length, written once into a cache outside the repository: for benchmarks
 * of start-up, verification and the explorer. Visits are synthetic; each is sealed with keys of its own.
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { generatePatients } from '../src/main/generator/generate-patients.ts'
import { applySegment } from '../src/main/node/chain/apply-segment.ts'
import { buildSegment } from '../src/main/node/chain/build-segment.ts'
import { encodeCertificate, makeCertificate } from '../src/main/node/chain/certificate.ts'
import { encodeChainState } from '../src/main/node/chain/chain-state.ts'
import type { MemberId } from '../src/main/node/chain/ids.ts'
import type { Field } from '../src/main/node/chain/record.ts'
import { fieldsOfVisit } from '../src/main/node/chain/visit-fields.ts'
import { signVote } from '../src/main/node/chain/vote.ts'
import { openLedger } from '../src/main/node/ledger.ts'
import type { SealedVisit } from '../src/main/node/outbox/outbox.ts'
import { sealVisits } from '../src/main/node/seal-visits.ts'
import { segmentWrites, stateWrite } from '../src/main/node/storage/chain-store.ts'
import { rowWrite } from '../src/main/node/storage/key-box-store.ts'
import { newestEpoch } from '../src/main/node/vault/institution-keys.ts'
import { patientKey } from '../src/main/node/vault/linkage.ts'
import { createNamesTable, registerRow } from '../src/main/patients/names-table.ts'
import { ownVisitWrites } from '../src/main/patients/own-visits.ts'
import { STORE_FOLDER, unsealKeys } from '../src/main/profile/profile-folder.ts'
import { DEMONSTRATION_PASSPHRASE, foundProfile } from '../src/main/headless.ts'
import type { VisitDraft } from '../src/shared/domain/source.ts'
import { fromHex, toHex } from '../src/shared/std/bytes.ts'
import { realWorld } from '../src/main/world.ts'

/** Raise it when the bytes of a profile change. */
const CACHE_VERSION = 1
const SEGMENT_VISITS = 200
const DISTINCT_VISITS = 2_000
const VISITS_PER_PATIENT = 10

export const PASSPHRASE = DEMONSTRATION_PASSPHRASE

/**
 * The folder of a profile whose chain has this many blocks.
 * @param records `repeated`: after the first 2,000 the same records come again under new heads, which no voter would
 *   let pass; many times faster to make, for what looks at heads only
 */
export async function chainOf(
  blocks: number,
  say: (line: string) => void,
  records: 'distinct' | 'repeated' = 'distinct',
): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'consilium-bench')
  const folder = join(cache, `chain-v${CACHE_VERSION}-${blocks}${records === 'repeated' ? '-repeated' : ''}`)
  if (existsSync(join(folder, 'profile.json'))) return folder
  await mkdir(cache, { recursive: true })
  const draft = `${folder}.${process.pid}.draft`
  await rm(draft, { recursive: true, force: true })
  say(`writing a chain of ${blocks} blocks to the cache, once`)
  await makeChain(draft, blocks, say, records === 'repeated' ? DISTINCT_VISITS : blocks)
  await rm(folder, { recursive: true, force: true })
  await rename(draft, folder)
  return folder
}

async function makeChain(
  folder: string,
  blocks: number,
  say: (line: string) => void,
  distinctCount: number,
): Promise<void> {
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
  const contents = syntheticContents(distinctCount < blocks)
  const names = createNamesTable(session.names)
  let patientId = ''
  let sourceKey = ''
  let saidAt = Date.now()
  const tell = (done: number): void => {
    if (Date.now() - saidAt < 5_000) return
    saidAt = Date.now()
    say(`${done} of ${blocks} blocks`)
  }
  const segments: SealedVisit[][] = []
  for (let first = 0; first < Math.min(blocks, distinctCount); first += SEGMENT_VISITS) {
    const count = Math.min(SEGMENT_VISITS, blocks - first)
    const staged = names.stage()
    const records: Field[][] = []
    const owners: string[] = []
    for (let i = first; i < first + count; i++) {
      const { content, patient } = contents[i % contents.length]!
      if (i % VISITS_PER_PATIENT === 0) {
        const row = registerRow(
          {
            name: `${patient.name ?? 'Synthetic'} ${i}`,
            nationalId: `X${i}`,
            sex: patient.sex,
            birthDate: '1970-01-01',
          },
          i,
        )
        staged.add({ ...row, visitCount: VISITS_PER_PATIENT, lastVisit: content.encounter.admission.at })
        patientId = row.patientId
        sourceKey = row.keySource
      }
      owners.push(patientId)
      const hex = i.toString(16).padStart(32, '0')
      const fields = fieldsOfVisit({
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
        patient: {
          ...content.patient,
          key: patientKey(nodeKeys.linkageEpochs[0]!.key, sourceKey),
          keyEpoch: 0,
        },
        encounter: { ...content.encounter, facility: facts.memberId },
      })
      if (fields.kind === 'refused') throw new Error(fields.reason)
      records.push(fields.fields)
    }
    const sealed = sealVisits(crypto, random, keys, records).map((each) => {
      if (each.kind === 'refused') throw new Error(each.reason)
      return each.visit
    })
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
    const appended = await ledger.append(
      bundle,
      sealed.map(({ body }) => body),
      (root) => first + sealed.findIndex(({ merkleRoot }) => toHex(merkleRoot) === root),
      [...others, ...staged.writes()],
    )
    if (appended.kind !== 'appended') throw new Error(appended.reason)
    staged.apply()
    if (distinctCount < blocks) segments.push(sealed)
    tell(first + count)
  }
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

/** @param areSmall the least that a visit says: its body is of the smallest class */
function syntheticContents(areSmall: boolean) {
  const contents = []
  for (const { visits } of generatePatients({ patients: DISTINCT_VISITS, seed: 'bench' })) {
    for (const { content, patient } of visits)
      contents.push({ content: areSmall ? withoutDetail(content) : content, patient })
    if (contents.length >= DISTINCT_VISITS) break
  }
  return contents
}

function withoutDetail(content: VisitDraft): VisitDraft {
  return { ...content, observations: [], procedures: [], prescriptions: [], claims: [], notes: [] }
}
