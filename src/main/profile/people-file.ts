/** The people in `keys.json`, changed by whoever has the right and the passphrase. Whoever calls holds the folder. */
import { checkPassphrase } from '../node/vault/passphrase.ts'
import {
  changePassphrase,
  changePeople,
  checkReset,
  rosterByRoot,
  type ChangedPeople,
  type Master,
  type PeopleChange,
  type ResetRefusal,
} from '../node/vault/institution-vault.ts'
import { parsePeopleFile, type Credentials, type OpenedFile } from '../node/vault/people-keys.ts'
import { plainAccount, type Roster } from '../node/vault/people.ts'
import type { ProfileWorld } from './open-profile.ts'
import { isLayered, openMachineKey, textUnder } from './machine-key.ts'
import { inKeysTurn, loadKeysText, openDoor, rawKeysText, saveKeysText } from './profile-folder.ts'

type Refused<Reason> = { kind: 'refused'; reason: Reason }
type TooWeak = Refused<'passphrase-too-weak'>

/** Whether several people have accounts here, so that unlocking asks for the account. */
export async function needsAccount(
  folder: string,
  world: Pick<ProfileWorld, 'secretStore'>,
): Promise<boolean> {
  const raw = await rawKeysText(folder).catch(() => null)
  const text = raw === null || !isLayered(raw) ? raw : await textUnderLayer(folder, world)
  const parsed = text === null ? null : parsePeopleFile(text)
  return parsed?.kind === 'ok' && !parsed.body.doors.some(({ isAlone }) => isAlone)
}

async function textUnderLayer(
  folder: string,
  world: Pick<ProfileWorld, 'secretStore'>,
): Promise<string | null> {
  // With a key of its own: whoever opens the folder meanwhile lifts the layer and keeps it lifted.
  const key =
    world.secretStore === undefined ? null : await openMachineKey(folder, world.secretStore).catch(() => null)
  if (key === null) return null // whoever opens it is told why
  const raw = await rawKeysText(folder).catch(() => null)
  const text = raw === null ? null : textUnder(key, raw)
  key.fill(0)
  return text
}

/** @throws {ProfileFailure} `wrong-passphrase` of whoever asks, `disk-full`, `folder-not-writable` */
export async function changePeopleOf(
  world: ProfileWorld,
  folder: string,
  by: Credentials,
  change: PeopleChange,
): Promise<Exclude<ChangedPeople, { kind: 'changed' }> | TooWeak | { kind: 'changed'; roster: Roster }> {
  if (isTooWeak(change)) return { kind: 'refused', reason: 'passphrase-too-weak' }
  return inKeysTurn(folder, async () => {
    const file = await openDoor(folder, by, world)
    try {
      return await writeChange(world, folder, { file }, change)
    } finally {
      file.forget()
    }
  })
}

/** @throws {ProfileFailure} as `changePeopleOf` */
export async function changeOwnPassphrase(
  world: ProfileWorld,
  folder: string,
  by: Credentials,
  newPassphrase: string,
): Promise<TooWeak | { kind: 'changed' }> {
  if (checkPassphrase(newPassphrase).kind === 'weak')
    return { kind: 'refused', reason: 'passphrase-too-weak' }
  return inKeysTurn(folder, async () => {
    const file = await openDoor(folder, by, world)
    try {
      await saveKeysText(folder, await changePassphrase(file, newPassphrase))
      return { kind: 'changed' }
    } finally {
      file.forget()
    }
  })
}

export interface Reset {
  readonly account: string
  readonly newPassphrase: string
  readonly approvers: readonly Credentials[]
  /** Of a recovery kit. */
  readonly root: Uint8Array | null
}

/**
 * Lets somebody in who forgot the passphrase, with new keys of their own and all that they could open before.
 * @throws {ProfileFailure} as `changePeopleOf`, `wrong-passphrase` also where an approver's does not open
 */
export function resetPassphrase(world: ProfileWorld, folder: string, reset: Reset): Promise<ResetAnswer> {
  return inKeysTurn(folder, () => resetInTurn(world, folder, reset))
}

type ResetAnswer =
  | Exclude<ChangedPeople, { kind: 'changed' }>
  | Refused<ResetRefusal>
  | TooWeak
  | { kind: 'changed'; roster: Roster }

async function resetInTurn(world: ProfileWorld, folder: string, reset: Reset): Promise<ResetAnswer> {
  if (checkPassphrase(reset.newPassphrase).kind === 'weak')
    return { kind: 'refused', reason: 'passphrase-too-weak' }
  const files: OpenedFile[] = []
  try {
    for (const approver of reset.approvers) files.push(await openDoor(folder, approver, world))
    const byKit =
      reset.root === null ? null : rosterByRoot(world.crypto, await loadKeysText(folder), reset.root)
    if (reset.root !== null && byKit === null) return { kind: 'refused', reason: 'other-institution' }
    const roster = files[0]?.roster ?? byKit?.roster
    if (roster === undefined) return { kind: 'refused', reason: 'kit-needed' }
    const account = plainAccount(reset.account)
    const person = roster.people.find((each) => each.isActive && each.account === account)
    if (person === undefined) return { kind: 'refused', reason: 'unknown-person' }
    const entries = files.map(({ entry }) => entry)
    const refusal = checkReset(roster, person.personId, entries, byKit !== null)
    if (refusal !== null) return { kind: 'refused', reason: refusal }
    const master: Master =
      byKit !== null && reset.root !== null
        ? { body: byKit.body, root: reset.root }
        : { file: files.find(({ entry }) => entry.roles.includes('administrator'))! }
    const { newPassphrase: passphrase } = reset
    return await writeChange(world, folder, master, { kind: 'reset', personId: person.personId, passphrase })
  } finally {
    for (const file of files) file.forget()
  }
}

async function writeChange(world: ProfileWorld, folder: string, master: Master, change: PeopleChange) {
  const result = await changePeople(world, master, change)
  if (result.kind === 'refused') return result
  await saveKeysText(folder, result.text)
  return { kind: 'changed' as const, roster: result.roster }
}

const isTooWeak = (change: PeopleChange): boolean =>
  'passphrase' in change && checkPassphrase(change.passphrase).kind === 'weak'
