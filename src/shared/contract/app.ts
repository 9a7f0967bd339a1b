/** The institution's folder on this machine: founding, opening, locking; and how the window looks. */
import { z } from 'zod'
import { POPULATIONS } from '../domain/populations.ts'
import type { EventMap, Service } from './kit.ts'

export const locale = z.enum(['en', 'zh-Hant'])
export type Locale = z.infer<typeof locale>
export const theme = z.enum(['system', 'light', 'dark'])

/** What a person may do is decided in main; the window only hides rooms that it may not enter. */
export const role = z.enum([
  'clerk',
  'researcher',
  'reviewer',
  'checker',
  'analyst',
  'administrator',
  'auditor',
])
export type Role = z.infer<typeof role>

export const settings = z.object({
  locale,
  theme,
  /** Minutes without input until the person's session locks; 5, 10, 15 or 30. */
  lockAfterMinutes: z.number().int().min(1).max(60),
  navigationCollapsed: z.boolean(),
  /** Years of shown dates: Gregorian unless set; storage is always Gregorian. */
  calendar: z.enum(['gregory', 'roc']).optional(),
})
export type Settings = z.infer<typeof settings>

export const demonstrationPerson = z.object({
  personId: z.string(),
  institutionName: z.string(),
  kind: z.enum(['hospital', 'university', 'insurer']),
  /** Of the person, who may have several roles. */
  name: z.string(),
  role,
})

/** This window is at a work place: the node is another machine of the same institution. */
export const atWorkPlace = z.object({
  name: z.string(),
  /** Since when the node does not answer, milliseconds since 1970; null while it does. */
  awaySince: z.number().nullable(),
  /** A machine answers there and does not let this one in: removed, or another machine. */
  isTurnedAway: z.boolean(),
  /** Versions of the application at both ends, where they are not the same. */
  otherVersion: z.object({ here: z.string(), node: z.string() }).nullable(),
  /** Drafts on this computer that the node has not got yet, whoever wrote them. */
  keptDrafts: z.number().int(),
  /** Where it looks for its node, `host:port`. */
  address: z.string(),
})
export type AtWorkPlace = z.infer<typeof atWorkPlace>

export const session = z.discriminatedUnion('state', [
  /** No profile is open in this window: show the first-run wizard or the list of profiles. */
  z.object({
    state: z.literal('none'),
    recentProfiles: z.array(
      z.object({
        folder: z.string(),
        name: z.string(),
        isSynthetic: z.boolean(),
        /** Several people have accounts there. */
        needsAccount: z.boolean().optional(),
      }),
    ),
  }),
  /** The node runs on its service keys; the person must give the passphrase. */
  z.object({
    state: z.literal('locked'),
    institutionName: z.string(),
    folder: z.string(),
    isSynthetic: z.boolean(),
    /** Several people have accounts here: the account's name comes before the passphrase. */
    needsAccount: z.boolean().optional(),
    /** Whoever gave the passphrase last may unlock by PIN. The lock screen names nobody. */
    pin: z.object({ triesLeft: z.number().int() }).optional(),
    workPlace: atWorkPlace.optional(),
  }),
  z.object({
    state: z.literal('open'),
    institutionName: z.string(),
    /** Member id, hex. */
    memberId: z.string(),
    /** Chain id, hex. */
    chainId: z.string(),
    folder: z.string(),
    /** IANA zone of the facility: the offset of the times that the form writes. The machine's zone where absent. */
    zone: z.string().optional(),
    /** True for demonstration data: every screen then says so. */
    isSynthetic: z.boolean(),
    person: z.object({ name: z.string(), userKeyId: z.string(), roles: z.array(role) }),
    /** The recovery kit was opened once to prove that it works. */
    isRecoveryKitProven: z.boolean(),
    /** This person may unlock by PIN at this machine. */
    hasPin: z.boolean().optional(),
    /** In a demonstration consortium: whom the visitor may be, who it is now, and the passphrase of everybody. */
    demonstration: z
      .object({
        personId: z.string(),
        people: z.array(demonstrationPerson),
        passphrase: z.string(),
        /** Names of members that no node runs for. */
        silent: z.array(z.string()),
      })
      .optional(),
    workPlace: atWorkPlace.optional(),
  }),
])
export type Session = z.infer<typeof session>

/** Why a profile did not open. Each has its own message in the window; nothing is harmed by any of them. */
export const openRefusal = z.enum([
  'wrong-passphrase',
  'profile-in-use',
  'profile-damaged',
  'profile-missing',
  'profile-newer',
  'disk-full',
  'folder-not-empty',
  'folder-not-writable',
  'passphrase-too-weak',
  'demonstration-failed',
  /** The person’s roles do not open what this needs. */
  'not-permitted',
  /** `keys.json` opens with this machine's own store of secrets only, and that does not answer or is another's. */
  'needs-this-machine',
  /** The node does not run, and only a clerk or an administrator may start it. */
  'needs-starter',
  /** Detail: how often it may be tried still. */
  'wrong-pin',
  /** It was tried too often, or half a day has passed: the passphrase is due. */
  'pin-gone',
  /** Of a work place: its node does not answer. */
  'node-away',
  /** Nobody answers to this pairing code there. */
  'no-answer',
  /** It is no pairing code: a sign is wrong or missing. */
  'bad-code',
  'bad-address',
])
export const openAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), session }),
  z.object({
    kind: z.literal('refused'),
    reason: openRefusal,
    /** e.g. the damaged file's name, or seconds to wait */ detail: z.string().optional(),
  }),
])

/** Of the person who unlocks; may stay away while there is only one. */
const account = z.string().max(60).optional()

export const app = {
  session: { input: z.void(), output: session },
  settings: { input: z.void(), output: settings },
  saveSettings: { input: settings.partial(), output: settings },
  version: {
    input: z.void(),
    output: z.object({
      application: z.string(),
      protocol: z.number().int(),
      electron: z.string().optional(),
      node: z.string(),
    }),
  },
  /** Opens the system's folder dialog; `null` when the person closes it. */
  chooseFolder: {
    input: z.object({ purpose: z.enum(['found', 'open', 'export', 'backup', 'watch']) }),
    output: z.string().nullable(),
  },
  /** The folder that the wizard proposes for a new institution of this name. */
  proposeFolder: { input: z.object({ name: z.string().max(100) }), output: z.string() },
  found: {
    input: z.object({
      folder: z.string().min(1),
      institutionName: z.string().min(1).max(100),
      personName: z.string().min(1).max(100),
      passphrase: z.string().max(1000),
      /** IANA zone of the facility, e.g. Asia/Taipei. */
      zone: z.string().min(1).max(64),
      /** Whether the founder, who is the first administrator, records visits too; yes where absent. */
      isClerk: z.boolean().optional(),
    }),
    output: openAnswer,
  },
  /**
   * A consortium of four hospitals, a university and an insurer on this machine, with generated patients, in place of
   * an earlier one. Answers when it can be used; the patients stream in, as events of the job `demonstration` say.
   */
  openDemonstration: {
    /** `diabetes-clinic`: a practice of the tutorial, at the first hospital, with the errors of real files. */
    input: z.object({
      patients: z.number().int().min(10).max(100_000),
      population: z.enum(POPULATIONS).optional(),
    }),
    output: openAnswer,
  },
  /** Becomes another person of the demonstration. */
  changePerson: { input: z.object({ personId: z.string().max(100) }), output: openAnswer },
  open: {
    input: z.object({ folder: z.string().min(1), passphrase: z.string().max(1000), account }),
    output: openAnswer,
  },
  lock: { input: z.void(), output: session },
  unlock: { input: z.object({ passphrase: z.string().max(1000), account }), output: openAnswer },
  /** As `lock`, and the passphrase is due: before the machine sleeps. */
  lockWholly: { input: z.void(), output: session },
  unlockByPin: { input: z.object({ digits: z.string().max(12) }), output: openAnswer },
  /** For the person at the window, at this machine. */
  setPin: {
    input: z.object({ passphrase: z.string().max(1000), digits: z.string().max(20) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('set'), session }),
      z.object({
        kind: z.literal('refused'),
        reason: z.union([openRefusal, z.enum(['not-digits', 'too-short', 'too-simple'])]),
        detail: z.string().optional(),
      }),
    ]),
  },
  removePin: { input: z.void(), output: session },
  /** Closes the profile and stops its node. */
  closeProfile: { input: z.void(), output: session },
  /** Writes the recovery kit to a file chosen by the person, or answers its text for printing. */
  saveRecoveryKit: {
    input: z.object({ passphrase: z.string().max(1000), as: z.enum(['file', 'text']) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('file'), path: z.string() }),
      z.object({ kind: z.literal('text'), text: z.string(), fingerprint: z.string() }),
      z.object({ kind: z.literal('cancelled') }),
      z.object({ kind: z.literal('refused'), reason: openRefusal }),
    ]),
  },
  /** Opens a kit (text pasted or file chosen) and compares it with the institution's keys: the proof that it works. */
  proveRecoveryKit: {
    input: z.object({ text: z.string().max(20_000).optional() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('proven') }),
      z.object({ kind: z.literal('cancelled') }),
      z.object({
        kind: z.literal('refused'),
        /** `older-keys`: this institution changed its keys after the kit was made. */
        reason: z.enum(['not-a-kit', 'damaged', 'other-institution', 'older-keys']),
      }),
    ]),
  },
  /** Opens a kit on an empty machine into a new profile folder. */
  restoreFromKit: {
    input: z.object({
      folder: z.string().min(1),
      text: z.string().max(20_000),
      passphrase: z.string().max(1000),
    }),
    output: openAnswer,
  },
  /** Anything that the person did: postpones the idle lock. */
  touched: { input: z.void(), output: z.void() },
  /** A secret leaves the clipboard after half a minute. A long history, selected whole, is a megabyte. */
  copyText: { input: z.object({ text: z.string().max(2_000_000), isSecret: z.boolean() }), output: z.void() },
  quit: { input: z.void(), output: z.void() },
} satisfies Service

export const appEvents = {
  sessionChanged: session,
  settingsChanged: settings,
  /** The node of this work place answers again: what was asked meanwhile is asked once more. */
  nodeBack: z.null(),
} satisfies EventMap
