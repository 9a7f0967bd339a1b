/** The checklist of an institution: code lists, backups, and the trial of a backup in a scratch folder. */
import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { upkeep as upkeepContract } from '../../shared/contract/upkeep.ts'
import { assert } from '../../shared/std/assert.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import { bearing } from '../governance/bearing.ts'
import type { Credentials } from '../node/vault/people-keys.ts'
import { findMember, memberIdOf } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { openLedger } from '../node/ledger.ts'
import { openSharedKeys } from '../node/shared-keys.ts'
import { readRowCount } from '../node/key-box-rows.ts'
import { areRowsHeldBy } from '../node/verify-store.ts'
import { createHeldKeys } from '../node/vault/held-keys.ts'
import {
  forgetNodeKeys,
  forgetSessionKeys,
  type EpochKey,
  type NodeKeys,
  type RootKeys,
  type SessionKeys,
} from '../node/vault/institution-keys.ts'
import { errorCode } from '../profile/atomic-file.ts'
import {
  BackupFailure,
  backupFolderName,
  makeBackup,
  restoreBackup,
  type BackupControl,
} from '../profile/backup.ts'
import { forgetPlace, placesOfKeys } from '../profile/backup-keys.ts'
import { loadBackupRecords, saveBackupRecords } from '../profile/backup-records.ts'
import type { OpenProfile, ProfileWorld } from '../profile/open-profile.ts'
import { loadFacts, STORE_FOLDER, unsealKeys } from '../profile/profile-folder.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { verifyInThread } from '../workers/verify.ts'
import { accountOf, leaseOf, personOf, profileOf, type ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'
import type { JobControl } from './jobs.ts'

type Service = Handlers<typeof upkeepContract>
type RestoreReport = Awaited<ReturnType<Service['restoreReport']>>
type BackupReport = Awaited<ReturnType<Service['backupReport']>>

export function createUpkeepService(context: ServiceContext): Service {
  const { world } = context

  async function checklist(): Promise<Awaited<ReturnType<Service['checklist']>>> {
    const profile = profileOf(context)
    const view = await context.codeLists().view()
    const memberCount = membersOf(profile.ledger.state.consortium).length
    const isReached = context.governance()?.isReachedByPeer() === true
    return {
      isKitProven: profile.facts.isRecoveryKitProven,
      address: isReached ? 'reached' : memberCount > 1 ? 'waiting' : 'alone',
      callBack: isReached ? null : (context.governance()?.callBack() ?? null),
      areCodeListsConfirmed: view.confirmed !== null,
      backup: await loadBackupRecords(profile.folder),
      keysLeft: (await placesOfKeys(profile.folder)).left,
    }
  }

  return {
    checklist,
    codeLists: () => context.codeLists().view(),
    async confirmCodeLists({ digest }) {
      const before = await context.codeLists().view()
      if (before.digest !== digest) return { kind: 'changed', view: before }
      await context.codeLists().confirm(leaseOf(context).session.person.name, world.now())
      return { kind: 'confirmed', view: await context.codeLists().view() }
    },
    machine: () => profileOf(context).machine.standing(),
    async chooseMachine({ passphrase, startsAlone, isSecondFactor }) {
      const { machine } = profileOf(context)
      try {
        const chosen = await machine.choose(
          { account: accountOf(context), passphrase },
          { startsAlone, isSecondFactor },
        )
        if (chosen === 'not-real') return { kind: 'refused', reason: chosen }
      } catch (error) {
        if (!(error instanceof ProfileFailure)) throw error
        const { code, detail } = error.detail
        return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
      }
      context.emit('governance', 'changed', { at: world.now() })
      return { kind: 'chosen', view: await machine.standing() }
    },
    async startBackup({ out, keysPlace, isKeyApart }) {
      const profile = profileOf(context)
      const { institutionName, zone } = profile.facts
      let path: string
      if (out !== undefined) path = resolve(out)
      else {
        const parent = await context.desktop.chooseFolder({ purpose: 'backup' })
        if (parent === null) return { kind: 'cancelled' }
        path = join(parent, backupFolderName(institutionName, civilDateIn(zone, world.now()), world.now()))
      }
      const apart =
        isKeyApart === true ? await context.desktop.chooseFolder({ purpose: 'backup-keys' }) : keysPlace
      if (apart === null) return { kind: 'cancelled' }
      const keysPath = apart === undefined ? dirname(path) : resolve(apart)
      const person = personOf(context.lease(), profile.roster)
      const { jobId } = context.jobs.start('backup', 'bytes', async (control): Promise<BackupReport> => {
        const made = await makeBackup(world, profile, path, controlOf(control), keysPath)
        const { height, blockCount, byteCount, destroyBy: readableUntil } = made
        await context.audit()?.say('node.backedUp', { person, subject: { height, blockCount } })
        const last = { at: made.madeAt, path, height, blockCount, byteCount, readableUntil, keysPath }
        // The backup is whole, whether this can be noted or not.
        await bearing(() => saveBackupRecords(profile.folder, { last }))
        return last
      })
      return { kind: 'started', jobId, path }
    },
    async forgetKeysPlace({ place }) {
      await forgetPlace(profileOf(context).folder, place)
      return checklist()
    },
    backupReport: async ({ jobId }) => context.jobs.result(jobId, 'backup') as BackupReport,

    async startRestoreCheck({ path, passphrase }) {
      const profile = profileOf(context)
      const given = { account: accountOf(context), passphrase }
      const { last } = await loadBackupRecords(profile.folder)
      const from = path === undefined ? last?.path : resolve(path)
      if (from === undefined) return { kind: 'no-backup' }
      const { jobId } = context.jobs.start(
        'restore-check',
        'bytes',
        async (control): Promise<RestoreReport> => {
          const report = await tryBackup(world, profile, from, given, control)
          if (report?.kind === 'ok')
            await bearing(() => saveBackupRecords(profile.folder, { lastCheck: report.check }))
          return report
        },
      )
      return { kind: 'started', jobId, path: from }
    },
    restoreReport: async ({ jobId }) => context.jobs.result(jobId, 'restore-check') as RestoreReport,
  }
}

/**
 * Restores beside the institution's folder, where a real restore would need the room too, opens every section of the keys,
 * verifies every block with them, and leaves nothing behind. No node runs on the copy: two with the same keys must not.
 */
async function tryBackup(
  world: ProfileWorld,
  profile: OpenProfile,
  from: string,
  given: Credentials,
  control: JobControl,
): Promise<RestoreReport> {
  const name = `.${basename(profile.folder)}.restore-check-${toHex(world.random(4))}`
  const scratch = join(dirname(profile.folder), name)
  try {
    // Copying is the first half of the way, verifying the second.
    let copyBytes = 0
    const copying: BackupControl = {
      signal: control.signal,
      progress(done, total) {
        copyBytes = total ?? done
        control.progress(done, copyBytes * 2)
      },
    }
    const said = await restoreBackup(world, from, scratch, { control: copying, beside: profile.folder })
    const facts = await loadFacts(scratch)
    if (facts.memberId !== profile.facts.memberId || facts.chainId !== profile.facts.chainId)
      throw new BackupFailure({ code: 'other-institution', path: from })
    const keys = await unsealKeys(scratch, given, ['node', 'session', 'root'], world)
    const storePath = join(scratch, STORE_FOLDER)
    let gatewayKeys: readonly EpochKey[] = []
    try {
      const { node, session } = keys
      assert(node !== undefined && session !== undefined, 'the sections that were asked for were opened')
      const { member, gateway, rowCount } = await readCopy(world, storePath, facts.memberId, node)
      gatewayKeys = gateway
      if (!areOwnKeys(world, member, facts.memberId, keys))
        throw new BackupFailure({ code: 'other-institution', path: from })
      const verified = await verifyInThread(
        {
          storePath,
          chainId: fromHex(facts.chainId) as Uint8Array as Parameters<typeof verifyInThread>[0]['chainId'],
          epochs: { gateway, custodian: session.custodianEpochs },
          areRowsHeld: areRowsHeldBy(member, rowCount),
        },
        control.signal,
        (blocks, total) =>
          control.progress(copyBytes + Math.round((copyBytes * blocks) / Math.max(1, total)), copyBytes * 2),
      )
      switch (verified.kind) {
        case 'cancelled':
          throw new BackupFailure({ code: 'cancelled' })
        case 'failed':
          return { kind: 'broken', height: verified.height, reason: verified.reason }
        default: {
          const { madeAt, height, blockCount } = said
          return { kind: 'ok', check: { at: world.now(), path: from, madeAt, height, blockCount } }
        }
      }
    } finally {
      for (const { key } of gatewayKeys) key.fill(0)
      if (keys.node !== undefined) forgetNodeKeys(keys.node)
      if (keys.session !== undefined) forgetSessionKeys(keys.session)
      keys.root?.root.fill(0)
      keys.nodeSealer?.forget()
      keys.person.user.fill(0)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
      // It holds sealed keys: a person should know that it is still there.
      throw new BackupFailure({ code: 'folder-failed', path: scratch, detail: errorCode(error) ?? '' })
    })
  }
}

/** The institution as the copy's chain knows it, and the keys of all its gateway epochs. */
async function readCopy(world: ProfileWorld, storePath: string, memberId: string, keys: NodeKeys) {
  const { crypto, random } = world
  const store = await world.openStore(storePath, true)
  try {
    const { chainId, state } = await openLedger(crypto, store, storePath)
    const shared = await openSharedKeys({ store, crypto, random, chainId, keys })
    const gateway = shared.gateway().map(({ epoch, key }) => ({ epoch, key: key.slice() }))
    shared.forget()
    const member = findMember(membersOf(state.consortium), fromHex(memberId))
    return { member, gateway, rowCount: await readRowCount(store) }
  } finally {
    await store.close()
  }
}

/** That the sealed keys are those that the chain knows the institution by, or will know it by. */
function areOwnKeys(
  { crypto }: ProfileWorld,
  member: ReturnType<typeof findMember>,
  memberId: string,
  keys: { node?: NodeKeys; session?: SessionKeys; root?: RootKeys },
): boolean {
  const { node, session, root } = keys
  if (node === undefined || session === undefined || root === undefined) return false
  const rootKey = crypto.ed25519PublicKey(root.root)
  if (member === null) return toHex(memberIdOf(crypto, rootKey)) === memberId
  return (
    equalBytes(member.rootKey, rootKey) &&
    createHeldKeys(crypto, node).setOf(member) !== null &&
    equalBytes(member.custodianKey, crypto.x25519PublicKey(session.custodian))
  )
}

function controlOf({ signal, progress }: JobControl): BackupControl {
  return { signal, progress }
}
