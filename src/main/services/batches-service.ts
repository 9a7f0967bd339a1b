/** The imports that were made: their list, going on, undoing, and their manifests. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { batchMethods, BatchUndo, ImportBatch, ManifestCheck } from '../../shared/contract/batches.ts'
import type { CodeTarget } from '../../shared/contract/codes.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { present } from '../../shared/std/assert.ts'
import { toHex } from '../../shared/std/bytes.ts'
import {
  headWrite,
  loadBatch,
  loadBatches,
  loadManifest,
  loadRejects,
  UNUSUAL_PAGES_FROM,
  versionsRootOf,
  type Batch,
  type BatchHead,
} from '../imports/batches.ts'
import type { CodeLists } from '../codes/code-lists.ts'
import type { ImportSource } from '../imports/import-calls.ts'
import type { SourceCode } from '../imports/map-codes.ts'
import { isSignedByMember, openManifest } from '../imports/manifest.ts'
import { runImport, type FinishedImport } from '../imports/run-import.ts'
import { undoBatch } from '../imports/undo-batch.ts'
import type { OpenProfile } from '../profile/open-profile.ts'
import { asWritingFailure, ProfileFailure } from '../profile/profile-failure.ts'
import {
  accountOf,
  AccessFailure,
  leaseOf,
  nodeOf,
  patientsOf,
  personOf,
  profileOf,
  readAtDesk,
  type ServiceContext,
} from './context.ts'
import { dayIn, instantIn } from './facility-time.ts'
import { listedCode } from './coding-desk.ts'
import { readSmallFile } from './files.ts'
import { listAsCsv, listName } from './import-lists.ts'
import type { Job } from './jobs.ts'

export interface BatchesService {
  readonly handlers: Handlers<typeof batchMethods>
  /** Starts an import as a new batch. */
  start(source: ImportSource, startedBy?: 'person' | 'folder'): Promise<Job<FinishedImport>>
  /** Whether some caller imports or undoes just now. */
  isImporting(profile: OpenProfile): boolean
}

const FILES_SHOWN = 20
/** Batches that some caller of this process works on: what a crash left behind is not among them. */
const live = new WeakMap<OpenProfile, Set<string>>()

export function createBatchesService(context: ServiceContext): BatchesService {
  const { world, jobs } = context

  function liveOf(profile: OpenProfile): Set<string> {
    let batches = live.get(profile)
    if (batches === undefined) live.set(profile, (batches = new Set()))
    return batches
  }

  /** One job at a time for each batch. @throws {AccessFailure} `busy` */
  function hold(profile: OpenProfile, batchId: string): () => void {
    const batches = liveOf(profile)
    if (batches.has(batchId)) throw new AccessFailure({ code: 'busy' })
    batches.add(batchId)
    return () => void batches.delete(batchId)
  }

  function run(batch: Batch): Job<FinishedImport> {
    const profile = profileOf(context)
    const node = nodeOf(context)
    const asking = leaseOf(context)
    const session = patientsOf(asking)
    const release = hold(profile, batch.batchId)
    // The job's own lease: a lock of the screen does not cut it in half.
    const lease = asking.share()
    const lists = context.codeLists()
    const person = personOf(asking, profile.roster)
    const unit = batch.source.kind === 'files' ? 'bytes' : 'patients'
    return jobs.start('import', unit, async (control) => {
      try {
        const finished = await runImport({
          batch,
          institution: {
            name: profile.facts.institutionName,
            authorSecret: present(profile.node, 'an import needs a node').ownKeys.author(),
            chainId: profile.ledger.chainId,
          },
          node,
          session,
          crypto: world.crypto,
          now: world.now,
          facility: profile.facts.memberId,
          recordedAt: instantIn(profile.facts.zone, world.now()),
          today: dayIn(profile.facts.zone, world.now()),
          inTurn: (work) => profile.inTurn(work),
          mapped: (codes) => Promise.all(codes.map((each) => targetOf(lists, each))),
          signal: control.signal,
          onProgress: control.progress,
        })
        const { patients, visits, duplicates, rejectedCount } = finished.report
        const subject = { batchId: batch.batchId, patients, visits, duplicates, rejectedCount }
        await context.audit()?.say('node.imported', { person, subject })
        return finished
      } finally {
        release()
        lease.release()
      }
    })
  }

  async function start(source: ImportSource, startedBy: 'person' | 'folder' = 'person') {
    const profile = profileOf(context)
    const { name, userKeyId } = leaseOf(context).session.person
    return run({
      batchId: randomBytes(16).toString('hex'),
      startedAt: world.now(),
      endedAt: null,
      outcome: null,
      by: { name, userKeyId },
      startedBy,
      source:
        source.kind === 'files'
          ? {
              kind: 'files',
              paths: [...source.paths],
              zone: profile.facts.zone,
              mapping: source.mapping ?? null,
            }
          : { ...source },
      files: [],
      fileCount: 0,
      patients: 0,
      visits: 0,
      duplicates: 0,
      observations: 0,
      rejectedCount: 0,
      rejectPages: 0,
      warnings: [],
      unusualCount: 0,
      unusualPages: 0,
      versionsRoot: null,
      undo: null,
    })
  }

  const load = (batchId: string): Promise<Batch | null> =>
    readAtDesk(context, ({ node, keys }) => loadBatch(node.store, keys.patientIndex, batchId))

  function undo(batch: Batch): Job<BatchUndo> {
    const profile = profileOf(context)
    const node = nodeOf(context)
    const asking = leaseOf(context)
    const session = patientsOf(asking)
    const release = hold(profile, batch.batchId)
    const lease = asking.share()
    const { patientIndex, person } = session.keys
    const { batchId, ...head } = batch
    const save = (state: BatchUndo) =>
      node.write([headWrite(patientIndex, batchId, { ...head, undo: state } satisfies BatchHead)])
    return jobs.start('undo-import', 'visits', async (control) => {
      try {
        const begun: BatchUndo = {
          at: null,
          by: person.name,
          retracted: 0,
          reverted: 0,
          stayed: [],
          stayedCount: 0,
          linksKept: batch.warnings.find(({ reason }) => reason === 'persons-linked')?.count ?? 0,
        }
        // Before the first visit: a crash must leave in the list that it was begun.
        await save(begun)
        const done = await undoBatch({
          batchId,
          node,
          session,
          crypto: world.crypto,
          random: world.random,
          now: world.now,
          recordedAt: instantIn(profile.facts.zone, world.now()),
          inTurn: (work) => profile.inTurn(work),
          signal: control.signal,
          onProgress: control.progress,
        })
        const ended = { ...begun, ...done, at: control.signal.aborted ? null : world.now() }
        await save(ended)
        return ended
      } finally {
        release()
        lease.release()
      }
    })
  }

  async function check(bytes: Uint8Array | null): Promise<ManifestCheck> {
    if (bytes === null) return { kind: 'refused', reason: 'not-readable' }
    const opened = openManifest(world.crypto, bytes)
    if (opened.kind === 'refused') return opened
    const { manifest } = opened
    const { ledger, facts, store } = profileOf(context)
    const isOurChain = isSignedByMember(manifest, ledger.chainId, await ledger.authorKeysEver())
    let isWhole: boolean | null = null
    if (isOurChain && manifest.memberId === facts.memberId) {
      const { root, count } = await versionsRootOf(world.crypto, store, manifest.batchId)
      isWhole = root === manifest.versionsRoot && count === manifest.visits
    }
    const { batchId, institution, memberId, startedAt, endedAt, fileCount, visits, duplicates } = manifest
    return {
      kind: 'manifest',
      batchId,
      institution,
      memberId,
      by: manifest.person.name,
      startedAt,
      endedAt,
      fileCount,
      visits,
      duplicates,
      rejectedCount: manifest.rejectedCount,
      versionsRoot: manifest.versionsRoot,
      signer: isOurChain ? 'own-chain' : 'other-chain',
      isWhole,
    }
  }

  /** @throws {ProfileFailure} `disk-full`, `folder-not-writable` */
  async function saveAs(
    purpose: 'rejects' | 'manifest',
    defaultName: string,
    bytes: string | Uint8Array,
  ): Promise<{ path: string | null }> {
    const path = await context.desktop.chooseSavePath({ purpose, defaultName })
    if (path === null) return { path: null }
    try {
      await writeFile(path, bytes, { mode: 0o600 })
    } catch (error) {
      throw asWritingFailure(error, path) ?? error
    }
    return { path }
  }

  return {
    start,
    isImporting: (profile) => liveOf(profile).size > 0,
    handlers: {
      batches: ({ limit }) =>
        readAtDesk(context, async ({ profile, node, keys }) => {
          const batches = await loadBatches(node.store, keys.patientIndex)
          return Promise.all(
            batches.slice(0, limit).map(async (batch) => {
              const hasManifest = (await loadManifest(node.store, keys.patientIndex, batch.batchId)) !== null
              return toShown(batch, liveOf(profile).has(batch.batchId), hasManifest)
            }),
          )
        }),
      async resumeBatch({ batchId }) {
        const batch = await load(batchId)
        if (batch === null) throw new AccessFailure({ code: 'unknown-batch' })
        // One that was undone is brought back.
        if (batch.outcome === 'done' && batch.undo === null) throw new AccessFailure({ code: 'batch-over' })
        const { jobId } = run(batch)
        return { jobId }
      },
      async undoBatch({ batchId, passphrase }) {
        const batch = await load(batchId)
        if (batch === null) return { kind: 'refused', reason: 'unknown-batch' }
        const profile = profileOf(context)
        if (liveOf(profile).has(batchId)) return { kind: 'refused', reason: 'running' }
        try {
          const lease = await profile.unlock({ account: accountOf(context), passphrase })
          lease.release()
        } catch (error) {
          if (error instanceof ProfileFailure && error.detail.code === 'wrong-passphrase')
            return { kind: 'refused', reason: 'wrong-passphrase' }
          throw error
        }
        const { jobId } = undo(batch)
        return { kind: 'started', jobId }
      },
      async saveBatchRejects({ batchId, list, sentences }) {
        const batch = await load(batchId)
        if (batch === null) return { path: null }
        const rejects = await readAtDesk(context, ({ node, keys }) =>
          list === 'unusual'
            ? loadRejects(node.store, keys.patientIndex, batchId, batch.unusualPages, UNUSUAL_PAGES_FROM)
            : loadRejects(node.store, keys.patientIndex, batchId, batch.rejectPages),
        )
        return saveAs('rejects', listName(list), listAsCsv(rejects, list, sentences))
      },
      async saveManifest({ batchId }) {
        const bytes = await readAtDesk(context, ({ node, keys }) =>
          loadManifest(node.store, keys.patientIndex, batchId),
        )
        if (bytes === null) return { path: null }
        return saveAs('manifest', `import-${batchId.slice(0, 8)}.consilium`, bytes)
      },
      manifest: ({ batchId }) =>
        readAtDesk(context, async ({ node, keys }) => {
          const bytes = await loadManifest(node.store, keys.patientIndex, batchId)
          return { hex: bytes === null ? null : toHex(bytes) }
        }),
      async chooseManifest() {
        const [path] = await context.desktop.chooseFiles({
          purpose: 'manifest',
          folders: false,
          several: false,
        })
        return path === undefined ? null : check(await readSmallFile(path))
      },
      checkManifest: async ({ path }) => check(await readSmallFile(path)),
    },
  }
}

function toShown(batch: Batch, isLive: boolean, hasManifest: boolean): ImportBatch {
  const { batchId, startedAt, endedAt, startedBy, fileCount, patients, visits, duplicates } = batch
  return {
    batchId,
    // An undo runs on a batch that ended long ago.
    state: batch.outcome ?? (isLive ? 'running' : 'interrupted'),
    startedAt,
    endedAt,
    by: batch.by.name,
    startedBy,
    isBusy: isLive,
    isSynthetic: batch.source.kind === 'generated',
    files: batch.files.slice(0, FILES_SHOWN),
    fileCount,
    patients,
    visits,
    duplicates,
    rejectedCount: batch.rejectedCount,
    warnings: batch.warnings,
    unusualCount: batch.unusualCount,
    versionsRoot: batch.versionsRoot,
    hasManifest,
    undo: batch.undo,
  }
}

/** A code of a source as the hospital's map says it; a target that no list in use has is no code. */
async function targetOf(lists: CodeLists, { list, system, code }: SourceCode): Promise<CodeTarget | null> {
  const wanted = await lists.mapped(system, code)
  if (list === 'department' && wanted === null) return departmentNamed(lists, code)
  const hit = wanted === null ? null : await listedCode(lists, list, wanted)
  return hit === null ? null : { system: hit.system, code: hit.code, display: hit.en }
}

const NAMES_LOOKED_AT = 20

/** The department whose name this is, in either language and word for word; what two have is no name. */
async function departmentNamed(lists: CodeLists, name: string): Promise<CodeTarget | null> {
  const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
  const hits = (await lists.search('department', name, NAMES_LOOKED_AT)).filter(({ en, zh }) =>
    [en, zh].some((each) => plain(each) === plain(name)),
  )
  const [hit] = hits
  return hit === undefined || hits.length > 1 ? null : { system: hit.system, code: hit.code, display: hit.en }
}
