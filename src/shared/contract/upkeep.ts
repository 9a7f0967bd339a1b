/** What an institution sees to before it relies on its folder: code lists that it has looked at, backups that were tried. */
import { z } from 'zod'
import { openRefusal } from './app.ts'
import { codeListName } from './codes.ts'
import type { Service } from './kit.ts'

export const codeListView = z.object({
  /** `laboratory` comes with the application and cannot be replaced: units and checks are built on it. */
  list: z.enum([...codeListName.options, 'laboratory']),
  /** Classification and edition, e.g. `ICD-10-CM`. */
  edition: z.string(),
  /** Beginning of a hash of all codes and names: the same text, the same list. */
  version: z.string(),
  /** The whole hash; an edition's is the same at every hospital. */
  hash: z.string(),
  codeCount: z.number().int(),
  /** The hospital's own list in place of the built-in one: from which file, and when; null for the built-in one. */
  own: z.object({ source: z.string(), importedAt: z.number() }).nullable(),
})
export type CodeListView = z.infer<typeof codeListView>

export const codeListsView = z.object({
  lists: z.array(codeListView),
  /** Names what is shown, so that what was looked at is what is confirmed. */
  digest: z.string(),
  /** Null where nobody confirmed, or the lists have changed since. */
  confirmed: z.object({ at: z.number(), personName: z.string() }).nullable(),
  /** They were confirmed before, and are others now. */
  isChangedSince: z.boolean(),
})
export type CodeListsView = z.infer<typeof codeListsView>

export const madeBackup = z.object({
  at: z.number(),
  path: z.string(),
  height: z.number().int(),
  blockCount: z.number().int(),
  byteCount: z.number(),
  /** When its key is destroyed: from then on nobody can open it. Absent in one of before backups had keys. */
  readableUntil: z.number().optional(),
  /** The folder that holds the key. */
  keysPath: z.string().optional(),
})
export const restoreCheck = z.object({
  at: z.number(),
  path: z.string(),
  /** When the backup was made that was restored. */
  madeAt: z.number(),
  height: z.number().int(),
  blockCount: z.number().int(),
})

/** What is left to do before the institution relies on its folder. Each is true for good, or until what it is about changes. */
export const checklist = z.object({
  isKitProven: z.boolean(),
  address: z.enum(['alone', 'waiting', 'reached']),
  /** What came of the last call back by a member, while none has come through. */
  callBack: z
    .object({
      outcome: z.enum(['not-listening', 'no-address', 'refused', 'nobody', 'other-machine']),
      memberName: z.string(),
      address: z.string(),
      at: z.number(),
    })
    .nullable(),
  areCodeListsConfirmed: z.boolean(),
  backup: z.object({ last: madeBackup.nullable(), lastCheck: restoreCheck.nullable() }),
  /** Folders where keys of old backups could not be destroyed when their time was over, and since when that is due. */
  keysLeft: z.array(z.object({ place: z.string(), dueSince: z.number() })),
})
export type Checklist = z.infer<typeof checklist>

/** What this machine keeps of the institution's keys beside the passphrase, by choice. */
export const machineView = z.object({
  store: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('real'), name: z.enum(['keychain', 'dpapi', 'libsecret', 'kwallet']) }),
    /** Nothing is kept under a store that protects nothing. */
    z.object({
      kind: z.literal('none'),
      because: z.enum(['basic-text', 'unknown', 'unavailable', 'no-desktop']),
    }),
  ]),
  startsAlone: z.boolean(),
  isSecondFactor: z.boolean(),
  /** What the other members were told. */
  restart: z.enum(['alone', 'person']),
})
export type MachineView = z.infer<typeof machineView>

const job = z.object({ kind: z.literal('started'), jobId: z.string(), path: z.string() })
const cancelled = z.object({ kind: z.literal('cancelled') })

export const upkeep = {
  checklist: { input: z.void(), output: checklist },
  codeLists: { input: z.void(), output: codeListsView },
  confirmCodeLists: {
    input: z.object({ digest: z.string().max(100) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('confirmed'), view: codeListsView }),
      z.object({ kind: z.literal('changed'), view: codeListsView }),
    ]),
  },
  machine: { input: z.void(), output: machineView },
  chooseMachine: {
    input: z.object({
      passphrase: z.string().max(1000),
      startsAlone: z.boolean(),
      isSecondFactor: z.boolean(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('chosen'), view: machineView }),
      z.object({
        kind: z.literal('refused'),
        reason: openRefusal.or(z.literal('not-real')),
        /** Seconds to wait after a wrong passphrase. */
        detail: z.string().optional(),
      }),
    ]),
  },
  /**
   * Writes a backup while the node goes on: to the folder `out`, which must not hold anything, or into a new folder in one
   * that the person chooses. The job's failure says why not; nothing is left behind then.
   */
  startBackup: {
    input: z.object({
      out: z.string().min(1).optional(),
      /** The folder that is to hold the key; beside the backup where absent. */
      keysPlace: z.string().min(1).optional(),
      /** The person chooses that folder too. */
      isKeyApart: z.boolean().optional(),
    }),
    output: z.discriminatedUnion('kind', [job, cancelled]),
  },
  /** A person says that what held the keys there is gone or was overwritten. */
  forgetKeysPlace: { input: z.object({ place: z.string().min(1).max(4096) }), output: checklist },
  /** Null while it runs, and when it failed. */
  backupReport: { input: z.object({ jobId: z.string() }), output: madeBackup.nullable() },
  /**
   * Restores a backup to a scratch folder, opens it with the passphrase, verifies the chain in it, and removes the scratch
   * folder. Without a path, the newest backup.
   */
  startRestoreCheck: {
    input: z.object({ path: z.string().min(1).optional(), passphrase: z.string().max(1000) }),
    output: z.discriminatedUnion('kind', [job, z.object({ kind: z.literal('no-backup') })]),
  },
  restoreReport: {
    input: z.object({ jobId: z.string() }),
    output: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('ok'), check: restoreCheck }),
        /** The copy is whole and its chain does not hold. */
        z.object({ kind: z.literal('broken'), height: z.number().nullable(), reason: z.string() }),
      ])
      .nullable(),
  },
} satisfies Service
