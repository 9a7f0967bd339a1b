/**
 * Drafts that a work place keeps while its node is away: a file each, sealed under a key that only its author's unlock brings
 * (place-network.ts, `draftKeyOf`). A file's name tells nobody whose it is. Before the draft stands the random id of its patient under a
 * key of the work place's own, so that the files of whoever was erased go without their authors.
 *
 *     patient's id, or zeros: nonce 12 ‖ 16 ‖ tag 16   |   draft: nonce 12 ‖ … ‖ tag 16
 */
import { createHmac } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { draft as draftSchema } from '../../shared/contract/records.ts'
import { concatBytes, toHex, tryFromHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { encode } from '../node/chain/codec.ts'
import { openGcm, sealGcm } from '../node/vault/gcm.ts'
import { errorCode, writeFileAtomic } from '../profile/atomic-file.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'

const FOLDER = 'drafts'
const SUFFIX = '.draft'
/** Beside a draft that is too old: when its node was first back since, milliseconds since 1970. */
const DUE_SUFFIX = '.due'
/** So long whoever wrote it has to unlock once the node answers again: before that nobody could. */
const DUE_MS = 3 * 86_400_000

/** `base` is when the node had saved what this one goes on from; null where it never had any. */
const keptDraft = draftSchema.extend({
  base: z.number().nullable(),
  /** Digest of what went to the node without an answer: it may have that, and then it is ours. */
  unanswered: z.string().optional(),
  /** It was thrown away, and the node has not heard of it: nothing of what was typed is in it. */
  isDiscarded: z.literal(true).optional(),
})
export type KeptDraft = z.infer<typeof keptDraft>

export interface KeptDrafts {
  /** Of everybody. */
  count(): Promise<number>
  /** Durable when it resolves. @throws what keeps the file from being written */
  save(key: Bytes, draft: KeptDraft): Promise<void>
  load(key: Bytes, draftId: string): Promise<KeptDraft | null>
  /** Those that this key opens. */
  list(key: Bytes): Promise<KeptDraft[]>
  remove(key: Bytes, draftId: string): Promise<void>
  /** Whose drafts lie here, of whatever author; hex. */
  patients(): Promise<string[]>
  /** Of whatever author. */
  removeOf(patientIds: ReadonlySet<string>): Promise<void>
  /**
   * The node is back: those that were written before `at`, milliseconds since 1970, of anybody, go three days after this was first
   * said of them.
   */
  removeBefore(at: number, now: number): Promise<void>
}

/** @param patientsKey of the work place itself (place-network.ts, `keptPatientsKeyOf`) */
export async function openKeptDrafts(placeFolder: string, patientsKey: Bytes): Promise<KeptDrafts> {
  const folder = join(placeFolder, FOLDER)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pathOf = (tag: string) => join(folder, `${tag}${SUFFIX}`)
  const dueOf = (tag: string) => join(folder, `${tag}${DUE_SUFFIX}`)
  const drop = async (tag: string): Promise<void> => {
    await rm(pathOf(tag), { force: true })
    await rm(dueOf(tag), { force: true })
  }

  async function tags(): Promise<string[]> {
    const names = await readdir(folder)
    return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length))
  }
  async function read(key: Bytes, tag: string): Promise<KeptDraft | null> {
    let sealed: Bytes
    try {
      sealed = new Uint8Array(await readFile(pathOf(tag)))
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    }
    const patient = sealed.subarray(0, PATIENT_PART_BYTES)
    const opened =
      openGcm(key, aadOf(tag, patient), sealed.subarray(PATIENT_PART_BYTES)) ??
      openGcm(key, firstAadOf(tag), sealed)
    if (opened === null) return null
    const parsed = keptDraft.safeParse(JSON.parse(utf8Decode(opened)))
    opened.fill(0)
    return parsed.success ? parsed.data : null
  }

  /** Null for a draft of no patient, and where the disk does not give it. */
  async function patientOf(tag: string): Promise<string | null> {
    const file = await readFile(pathOf(tag)).catch(unlessUnreadable)
    if (file === null) return null
    const part = new Uint8Array(file.subarray(0, PATIENT_PART_BYTES))
    const opened = openGcm(patientsKey, patientAadOf(tag), part)
    return opened === null || opened.every((byte) => byte === 0) ? null : toHex(opened)
  }

  return {
    count: async () => (await tags()).length,
    async save(key, draft) {
      const tag = tagOf(key, draft.draftId)
      const content = utf8Encode(JSON.stringify(draft))
      const patient = sealGcm(patientsKey, patientAadOf(tag), idBytes(draft.patientId))
      try {
        await writeFileAtomic(pathOf(tag), concatBytes(patient, sealGcm(key, aadOf(tag, patient), content)))
        await rm(dueOf(tag), { force: true })
      } catch (error) {
        throw asWritingFailure(error, folder) ?? error
      } finally {
        content.fill(0)
      }
    },
    load: (key, draftId) => read(key, tagOf(key, draftId)),
    async list(key) {
      const drafts: KeptDraft[] = []
      for (const tag of await tags()) {
        const draft = await read(key, tag).catch(unlessUnreadable)
        if (draft !== null) drafts.push(draft)
      }
      return drafts
    },
    remove: (key, draftId) => drop(tagOf(key, draftId)),
    async patients() {
      const found = new Set<string>()
      for (const tag of await tags()) {
        const patientId = await patientOf(tag)
        if (patientId !== null) found.add(patientId)
      }
      return [...found]
    },
    async removeOf(patientIds) {
      for (const tag of await tags()) {
        const patientId = await patientOf(tag)
        if (patientId !== null && patientIds.has(patientId)) await drop(tag)
      }
    },
    async removeBefore(at, now) {
      for (const tag of await tags()) {
        const { mtimeMs } = await stat(pathOf(tag)).catch(unlessGone)
        if (mtimeMs >= at) continue
        const since = Number(await readFile(dueOf(tag), 'utf8').catch(unlessUnreadable))
        if (since === 0 || !Number.isFinite(since)) await writeFileAtomic(dueOf(tag), String(now))
        else if (now - since > DUE_MS) await drop(tag)
      }
    },
  }
}

/** One file that the disk does not give hides none of the others. */
function unlessUnreadable(error: unknown): null {
  if (errorCode(error) === null) throw error
  return null
}

/** It was sent or thrown away meanwhile. */
function unlessGone(error: unknown): { mtimeMs: number } {
  if (errorCode(error) !== 'ENOENT') throw error
  return { mtimeMs: Infinity }
}

const tagOf = (key: Bytes, draftId: string): string =>
  toHex(new Uint8Array(createHmac('sha256', key).update(`tag ${draftId}`).digest().subarray(0, 16)))
const aadOf = (tag: string, patient: Bytes): Bytes => encode(['consilium/work-place-draft/2', tag, patient])
/** Of format 1, the draft alone: it opens until it has gone to the node. */
const firstAadOf = (tag: string): Bytes => encode(['consilium/work-place-draft/1', tag])
const patientAadOf = (tag: string): Bytes => encode(['consilium/work-place-draft/2/patient', tag])

const PATIENT_ID_BYTES = 16
const PATIENT_PART_BYTES = 12 + PATIENT_ID_BYTES + 16

/** Zeros for none, and for what is no id of a table of names. */
function idBytes(patientId: string | null): Bytes {
  const bytes = patientId === null ? null : tryFromHex(patientId)
  return bytes?.length === PATIENT_ID_BYTES ? bytes : new Uint8Array(PATIENT_ID_BYTES)
}
