/** The institution's folder on this machine as the window sees it: founding, opening, locking, the recovery kit. */
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { app as appContract, Session } from '../../shared/contract/app.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ComposeOptions } from '../desktop.ts'
import { createDemonstrationDesk } from '../demonstration/demonstration-desk.ts'
import { isDemonstration } from '../demonstration/demonstration-folder.ts'
import { DEMONSTRATION_PASSPHRASE, HOSPITAL_ROLES } from '../headless.ts'
import { openInstitution, type Institution } from '../institution.ts'
import { findMember, memberIdOf } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { createHeldKeys } from '../node/vault/held-keys.ts'
import { PROTOCOLS } from '../node/chain/protocol.ts'
import { forgetNodeKeys, forgetSessionKeys } from '../node/vault/institution-keys.ts'
import { checkPassphrase } from '../node/vault/passphrase.ts'
import { checkPin } from '../node/vault/pin.ts'
import { forgetKit, readKit, writeKit, type RecoveryKit } from '../node/vault/recovery-kit.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'
import type { Lease } from '../profile/keyring.ts'
import { needsAccount } from '../profile/people-file.ts'
import {
  BY_MACHINE,
  foundProfile,
  openProfile,
  restoreProfile,
  type OpenProfile,
  type ProfileWorld,
} from '../profile/open-profile.ts'
import { loadMachine } from '../profile/machine-key.ts'
import { loadFacts } from '../profile/profile-folder.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { noAudit } from './audit-port.ts'
import { alwaysConfirmed, createConfirmations } from './confirmations.ts'
import { personOf } from './context.ts'
import type { Caller } from './dispatch.ts'
import { civilDateIn, isKnownZone } from './facility-time.ts'
import type { Jobs } from './jobs.ts'
import type { ProfileServices } from './profile-services.ts'
import type { SettingsFile } from './settings.ts'

type OpenAnswer = Awaited<ReturnType<Handlers<typeof appContract>['open']>>

/** How often the idle lock is looked at. */
const IDLE_LOOK_MS = 5_000
const KIT_BYTES_MAX = 64 * 1024

export interface AppService {
  readonly handlers: Handlers<typeof appContract>
  /** Whoever is at the window. */
  readonly caller: Caller
  /** The services of whatever the window is at, or null. */
  readonly services: () => ProfileServices['handlers'] | null
  /** Work that belongs to no institution. */
  readonly jobs: Jobs['handlers']
  /** Opens what this machine may open while nobody is there: the node votes, the screen is locked. */
  startAlone(): Promise<void>
  close(): Promise<void>
}

interface Opened {
  readonly institution: Institution
  readonly services: ProfileServices & { forget(): void }
  lease: Lease | null
}

export function createAppService(
  options: ComposeOptions,
  world: ProfileWorld,
  settingsFile: SettingsFile,
): AppService {
  const { desktop, emit } = options
  // The window is at one of the two: an institution whose node runs here, or somebody of the demonstration.
  let opened: Opened | null = null
  const demonstration = createDemonstrationDesk(options, world, settingsFile)
  const confirmations = createConfirmations(world.now)
  let touchedAt = world.now()
  // One change of the open profile at a time: a double click must not found twice.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  const idleTimer = setInterval(() => {
    if (opened?.lease === null || opened === null || opened.institution.profile.facts.isSynthetic) return
    if (world.now() - touchedAt >= settingsFile.settings.lockAfterMinutes * 60_000) void lock('idle')
  }, IDLE_LOOK_MS)
  idleTimer.unref()

  async function session(): Promise<Session> {
    if (demonstration.running !== null) return demonstration.running.session()
    if (opened === null) return { state: 'none', recentProfiles: await recentProfiles() }
    // It may be closed while a file is read.
    const { profile } = opened.institution
    const { facts, folder } = profile
    const { institutionName, isSynthetic } = facts
    if (opened.lease === null || opened.lease.isReleased)
      return {
        state: 'locked',
        institutionName,
        folder,
        isSynthetic,
        needsAccount: await needsAccount(folder, world),
        ...waitingPin(profile),
      }
    const { person } = opened.lease.session
    const roles = personOf(opened.lease, profile.roster)?.roles ?? []
    return {
      state: 'open',
      institutionName,
      memberId: facts.memberId,
      chainId: facts.chainId,
      folder,
      zone: facts.zone,
      isSynthetic,
      person: {
        name: person.name,
        userKeyId: person.userKeyId,
        roles: [...roles],
      },
      isRecoveryKitProven: facts.isRecoveryKitProven,
      hasPin: await profile.pins.has(person.personId),
    }
  }

  /** Those that are still there; the one named on the command line first. */
  async function recentProfiles() {
    const known = await Promise.all(
      settingsFile.recentProfiles.map(async (each) => ({
        ...each,
        needsAccount: await needsAccount(each.folder, world),
      })),
    )
    const asked = options.profileFolder === null ? null : resolve(options.profileFolder)
    if (asked !== null) {
      const name = await loadFacts(asked).then(
        async (facts) => ({
          folder: asked,
          name: facts.institutionName,
          isSynthetic: facts.isSynthetic,
          needsAccount: await needsAccount(asked, world),
        }),
        () => null,
      )
      if (name !== null) return [name, ...known.filter(({ folder }) => folder !== asked)]
    }
    return known
  }

  async function tellSession(): Promise<Session> {
    const now = await session()
    emit('app', 'sessionChanged', now)
    return now
  }

  async function take(profile: OpenProfile, lease: Lease | null): Promise<void> {
    let institution: Institution
    try {
      institution = await openInstitution(world, profile)
    } catch (error) {
      lease?.release()
      await profile.close()
      throw error
    }
    await institution.noteOpened(lease)
    const next: Opened = {
      institution,
      services: institution.servicesFor(() => next.lease, desktop, emit, confirmations),
      lease,
    }
    await leave()
    opened = next
    next.services.imports.startLooking()
    touchedAt = world.now()
    const { folder, facts } = profile
    await settingsFile.remember({ folder, name: facts.institutionName, isSynthetic: facts.isSynthetic })
  }

  /** Closes what the window is at. */
  async function leave(): Promise<void> {
    await demonstration.close()
    const before = opened
    opened = null
    if (before === null) return
    before.services.forget()
    const person = personOf(before.lease, before.institution.profile.roster)
    if (before.lease !== null) await before.institution.noteLocked(person, 'closed')
    before.lease?.release()
    await before.institution.close()
  }

  async function openFolder(folder: string, passphrase: string, account = ''): Promise<void> {
    const at = resolve(folder)
    if (await isDemonstration(at)) {
      await leave()
      await demonstration.open(at)
      return
    }
    if (opened !== null && opened.institution.profile.folder === at) {
      await unlock(passphrase, account)
      return
    }
    const { profile, lease } = await openProfile(world, at, {
      account,
      passphrase: await meantPassphrase(at, passphrase),
    })
    await take(profile, lease)
  }

  /** Nobody has to know the passphrase of synthetic data. A folder that cannot be read is refused by its opening. */
  async function meantPassphrase(folder: string, passphrase: string): Promise<string> {
    if (passphrase !== '') return passphrase
    const isSynthetic = await loadFacts(folder).then(
      (facts) => facts.isSynthetic,
      () => false,
    )
    return isSynthetic ? DEMONSTRATION_PASSPHRASE : passphrase
  }

  async function unlock(passphrase: string, account = ''): Promise<void> {
    if (demonstration.running !== null) {
      demonstration.running.unlock(passphrase)
      return
    }
    if (opened === null) throw new ProfileFailure({ code: 'profile-missing' })
    const { profile } = opened.institution
    const given = { account, passphrase: await meantPassphrase(profile.folder, passphrase) }
    const lease = await opened.institution.unlock(given, true)
    opened.lease?.release()
    opened.lease = lease
    touchedAt = world.now()
  }

  function waitingPin({ pins }: OpenProfile): { pin?: { triesLeft: number } } {
    const pin = pins.waiting()
    return pin === null ? {} : { pin: { triesLeft: pin.triesLeft } }
  }

  async function unlockByPin(digits: string): Promise<void> {
    if (opened === null) throw new ProfileFailure({ code: 'profile-missing' })
    const answer = await opened.institution.unlockByPin(digits)
    if (answer.kind === 'wrong')
      throw new ProfileFailure({ code: 'wrong-pin', detail: String(answer.triesLeft) })
    if (answer.kind === 'gone') throw new ProfileFailure({ code: 'pin-gone' })
    opened.lease?.release()
    opened.lease = answer.lease
    touchedAt = world.now()
  }

  async function lock(because: 'person' | 'idle'): Promise<Session> {
    confirmations.forget()
    if (demonstration.running !== null) await demonstration.running.lock()
    const before = opened
    if (before === null || before.lease === null) return tellSession()
    const person = personOf(before.lease, before.institution.profile.roster)
    before.lease.release()
    before.lease = null
    // The screen first: no write of the audit holds it open.
    const telling = tellSession()
    await before.institution.noteLocked(person, because)
    return telling
  }

  /** Turns the refusals of the contract into its answer; everything else stays a failure. */
  async function answering(work: () => Promise<void>): Promise<OpenAnswer> {
    try {
      await work()
      return { kind: 'opened', session: await tellSession() }
    } catch (error) {
      if (!(error instanceof ProfileFailure)) throw error
      const { code, detail } = error.detail
      return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
    }
  }

  /** `older`: of this institution, and its keys were replaced or will be: nothing of what comes opens with it. */
  function judgeKit({ facts, keys }: RecoveryKit, profile: OpenProfile): 'own' | 'older' | 'other' {
    if (toHex(facts.memberId) !== profile.facts.memberId || toHex(facts.chainId) !== profile.facts.chainId)
      return 'other'
    const { crypto } = world
    const rootKey = crypto.ed25519PublicKey(keys.root.root)
    if (toHex(memberIdOf(crypto, rootKey)) !== profile.facts.memberId) return 'other'
    const member = findMember(membersOf(profile.ledger.state.consortium), fromHex(profile.facts.memberId))
    if (member === null || !equalBytes(member.custodianKey, crypto.x25519PublicKey(keys.session.custodian)))
      return 'other'
    const inKit = [keys.node, ...keys.node.next]
    const isWhole = (profile.nodeKeys?.next ?? []).every((each) =>
      inKit.some(({ author }) => equalBytes(author, each.author)),
    )
    return isWhole && createHeldKeys(crypto, keys.node).setOf(member) !== null ? 'own' : 'older'
  }

  const handlers: Handlers<typeof appContract> = {
    session,
    settings: async () => settingsFile.settings,
    saveSettings: async ({ lockAfterMinutes, ...change }) => {
      // Whoever passes a locked screen may choose the language, not how long it stays open.
      const isLocked = opened !== null && opened.lease === null
      const saved = await settingsFile.save(
        lockAfterMinutes === undefined || isLocked ? change : { ...change, lockAfterMinutes },
      )
      emit('app', 'settingsChanged', saved)
      return saved
    },
    version: async () => ({
      application: options.applicationVersion,
      protocol: PROTOCOLS.max,
      ...(desktop.electronVersion === undefined ? {} : { electron: desktop.electronVersion }),
      node: process.versions.node,
    }),
    chooseFolder: ({ purpose }) => desktop.chooseFolder({ purpose }),
    proposeFolder: async ({ name }) => {
      const plain = name
        .normalize('NFC')
        .replace(/[\p{C}/\\:*?"<>|.]/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim()
      const base = join(desktop.documentsFolder, 'Consilium', plain === '' ? 'Institution' : plain)
      for (let n = 1; ; n++) {
        const folder = n === 1 ? base : `${base} ${n}`
        if (!(await exists(folder))) return folder
      }
    },
    found: (input) =>
      inTurn(() =>
        answering(async () => {
          const { institutionName, personName, passphrase } = input
          const folder = resolve(input.folder)
          const zone = isKnownZone(input.zone) ? input.zone : 'UTC'
          await foundProfile(world, {
            folder,
            institutionName,
            personName,
            roles: HOSPITAL_ROLES.filter((each) => each !== 'clerk' || input.isClerk !== false),
            passphrase,
            zone,
            isSynthetic: false,
          })
          await openFolder(folder, passphrase)
        }),
      ),
    openDemonstration: ({ patients, population }) =>
      inTurn(() =>
        answering(async () => {
          await leave()
          await demonstration.start(patients, population ?? 'everybody')
        }),
      ),
    changePerson: ({ personId }) =>
      inTurn(() =>
        answering(async () => {
          if (demonstration.running === null) throw new ProfileFailure({ code: 'profile-missing' })
          demonstration.running.become(personId)
        }),
      ),
    open: ({ folder, passphrase, account }) =>
      inTurn(() => answering(() => openFolder(folder, passphrase, account))),
    lock: () => inTurn(() => lock('person')),
    lockWholly: () =>
      inTurn(() => {
        opened?.institution.profile.pins.forget()
        return lock('person')
      }),
    unlock: ({ passphrase, account }) => inTurn(() => answering(() => unlock(passphrase, account))),
    unlockByPin: ({ digits }) => inTurn(() => answering(() => unlockByPin(digits))),
    setPin: ({ passphrase, digits }) =>
      inTurn(async () => {
        if (opened === null || opened.lease === null) return { kind: 'refused', reason: 'profile-missing' }
        const verdict = checkPin(digits)
        if (verdict !== 'good') return { kind: 'refused', reason: verdict }
        const { account } = opened.lease.session.person
        try {
          await opened.institution.profile.setPin({ account, passphrase }, digits)
        } catch (error) {
          if (!(error instanceof ProfileFailure)) throw error
          const { code, detail } = error.detail
          return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
        }
        return { kind: 'set', session: await tellSession() }
      }),
    removePin: () =>
      inTurn(async () => {
        const personId = opened?.lease?.session.person.personId
        if (personId !== undefined) await opened?.institution.profile.pins.remove(personId)
        return tellSession()
      }),
    closeProfile: () =>
      inTurn(async () => {
        await leave()
        return tellSession()
      }),
    saveRecoveryKit: async ({ passphrase, as }) => {
      if (opened === null) return { kind: 'refused', reason: 'profile-missing' }
      const { profile } = opened.institution
      let made: { text: string; fingerprint: string }
      try {
        const keys = await profile.unsealAll({
          account: opened.lease?.session.person.account ?? '',
          passphrase,
        })
        try {
          made = writeKit(
            {
              facts: {
                institutionName: profile.facts.institutionName,
                memberId: fromHex(profile.facts.memberId),
                chainId: fromHex(profile.facts.chainId),
                zone: profile.facts.zone,
                isSynthetic: profile.facts.isSynthetic,
                genesis: fromHex(profile.facts.genesis),
              },
              keys,
            },
            civilDateIn(profile.facts.zone, world.now()),
          )
        } finally {
          forgetNodeKeys(keys.node)
          forgetSessionKeys(keys.session)
          keys.root.root.fill(0)
        }
      } catch (error) {
        if (error instanceof ProfileFailure) return { kind: 'refused', reason: error.detail.code }
        throw error
      }
      if (as === 'text') return { kind: 'text', ...made }
      const defaultName = `consilium-recovery-kit-${made.fingerprint}.txt`
      const path = await desktop.chooseSavePath({ purpose: 'recovery-kit', defaultName })
      if (path === null) return { kind: 'cancelled' }
      try {
        await writeFileAtomic(path, made.text)
      } catch (error) {
        const code = (error as { code?: unknown }).code
        return { kind: 'refused', reason: code === 'ENOSPC' ? 'disk-full' : 'folder-not-writable' }
      }
      return { kind: 'file', path }
    },
    proveRecoveryKit: async ({ text }) => {
      if (opened === null) return { kind: 'refused', reason: 'other-institution' }
      const { profile } = opened.institution
      let given = text
      if (given === undefined) {
        const [path] = await desktop.chooseFiles({ purpose: 'recovery-kit', folders: false, several: false })
        if (path === undefined) return { kind: 'cancelled' }
        given = await readSmallFile(path)
        if (given === undefined) return { kind: 'refused', reason: 'not-a-kit' }
      }
      const read = readKit(given)
      if (read.kind === 'refused') return { kind: 'refused', reason: read.reason }
      const judged = judgeKit(read.kit, profile)
      forgetKit(read.kit)
      if (judged !== 'own')
        return { kind: 'refused', reason: judged === 'older' ? 'older-keys' : 'other-institution' }
      if (!profile.facts.isRecoveryKitProven) {
        await profile.changeFacts({ isRecoveryKitProven: true })
        await tellSession()
      }
      return { kind: 'proven' }
    },
    restoreFromKit: ({ folder, text, passphrase }) =>
      inTurn(() =>
        answering(async () => {
          const read = readKit(text)
          if (read.kind === 'refused')
            throw new ProfileFailure({ code: 'profile-damaged', detail: read.reason })
          const verdict = checkPassphrase(passphrase)
          if (verdict.kind === 'weak')
            throw new ProfileFailure({ code: 'passphrase-too-weak', detail: verdict.reason })
          const at = resolve(folder)
          try {
            await restoreProfile(world, read.kit, at, passphrase)
          } finally {
            forgetKit(read.kit)
          }
          await openFolder(at, passphrase)
        }),
      ),
    touched: async () => {
      touchedAt = world.now()
    },
    copyText: async ({ text, isSecret }) => desktop.copyText(text, isSecret),
    quit: () => desktop.quit(),
  }

  const caller: Caller = {
    person() {
      if (demonstration.running !== null) {
        const now = demonstration.running.session()
        return now.state === 'open' ? now.person : null
      }
      return opened === null ? null : personOf(opened.lease, opened.institution.profile.roster)
    },
    absence: () => (opened === null && demonstration.running === null ? 'no-profile' : 'locked'),
    // The passphrase of made-up data protects nothing, so nobody is asked for it.
    get confirmations() {
      return demonstration.running === null ? confirmations : alwaysConfirmed
    },
    // A demonstration's nodes are processes of their own, each with its own audit behind its own door.
    get audit() {
      return opened?.institution.audit ?? world.audit ?? noAudit
    },
    get openings() {
      return opened?.institution.openings ?? undefined
    },
  }

  return {
    handlers,
    caller,
    services: () => demonstration.running?.services() ?? opened?.services.handlers ?? null,
    jobs: demonstration.jobs,
    startAlone: () =>
      inTurn(async () => {
        // The one that was chosen for it, whatever was opened since.
        const folders = options.profileFolder ?? settingsFile.recentProfiles.map((each) => each.folder)
        const starts = await Promise.all(
          [folders].flat().map(async (each) => ((await loadMachine(each))?.start ?? null) !== null),
        )
        const folder = [folders].flat()[starts.indexOf(true)]
        if (opened !== null || folder === undefined) return
        try {
          const { profile, lease } = await openProfile(world, resolve(folder), BY_MACHINE)
          await take(profile, lease)
          await tellSession()
        } catch (error) {
          // A person has to come, as the others were told; the list of folders waits for them.
          if (!(error instanceof Failure)) throw error
        }
      }),
    close: () =>
      inTurn(async () => {
        clearInterval(idleTimer)
        await leave()
      }),
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > KIT_BYTES_MAX) return undefined
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
