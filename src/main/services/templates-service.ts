/**
 * Own templates of the entry screen: sealed in the hospital's folder, shared as plain files. The hospital's are written by who
 * has the administrator's role beside the clerk's; each clerk has own ones, which nobody else sees. What somebody had who
 * has left falls to the administrators, to be removed.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Handlers } from '../../shared/contract/kit.ts'
import {
  type ShownTemplate,
  type StoredTemplate,
  type templates as templatesContract,
  visitTemplate,
} from '../../shared/contract/templates.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { userKeyIdOf } from '../node/vault/people.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { errorCode, writeFileAtomic } from '../profile/atomic-file.ts'
import { codesFolderOf } from '../profile/code-lists-folder.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import {
  AccessFailure,
  atDesk,
  leaseOf,
  personOf,
  profileOf,
  readAtDesk,
  type Desk,
  type ServiceContext,
} from './context.ts'
import { plainFileName, readSmallFile } from './files.ts'

const FILE = 'templates.sealed'
const DOMAIN = utf8Encode('consilium/entry-templates/1')
const FILE_FORMAT = 'consilium-template/1'
const HOSPITAL_MAX = 200
/** Of one person. */
const OWN_MAX = 50

const stored = z.object({ format: z.literal(1), templates: z.array(visitTemplate) })
const shared = z.object({ format: z.literal(FILE_FORMAT), template: visitTemplate })

export function createTemplatesService(context: ServiceContext): Handlers<typeof templatesContract> {
  const inTurn = <T>(work: (desk: Desk) => Promise<T>): Promise<T> =>
    profileOf(context).inTurn(() => atDesk(context, work))

  const isAdministrator = (): boolean =>
    personOf(context.lease(), profileOf(context).roster)?.roles.includes('administrator') === true

  /** @throws {AccessFailure} `not-permitted` for somebody else's, and for the hospital's without the administrator's role */
  function refuseOthers({ keys }: Desk, owners: readonly StoredTemplate['owner'][]): void {
    const isRefused = (owner: StoredTemplate['owner']) =>
      owner === null ? !isAdministrator() : !isMine(keys, owner)
    if (owners.some(isRefused)) throw new AccessFailure({ code: 'not-permitted' })
  }

  /** Whether nobody who is here has or had this key. */
  function isOfLeft(desk: Desk, owner: StoredTemplate['owner']): boolean {
    const { roster } = profileOf(context)
    if (owner === null || roster === null || isMine(desk.keys, owner)) return false
    return !roster.people.some(
      ({ isActive, signKey, formerKeyIds }) =>
        isActive && [userKeyIdOf(context.world.crypto, signKey), ...formerKeyIds].includes(owner),
    )
  }

  function seenBy(desk: Desk, templates: readonly StoredTemplate[]): ShownTemplate[] {
    const sees = isAdministrator()
    return templates.flatMap((each): ShownTemplate[] => {
      if (each.owner === null || isMine(desk.keys, each.owner)) return [each]
      return sees && isOfLeft(desk, each.owner) ? [{ ...each, isLeft: true }] : []
    })
  }
  const loadSeen = async (desk: Desk): Promise<ShownTemplate[]> => seenBy(desk, await load(desk))

  /** With the given one in place of the one that has its id; null where there are too many. */
  async function put(
    desk: Desk,
    { isOwn, ...given }: Omit<StoredTemplate, 'version' | 'owner'> & { readonly isOwn: boolean },
  ): Promise<ShownTemplate[] | null> {
    const before = await load(desk)
    const owner = isOwn ? desk.keys.person.userKeyId : null
    const known = before.find(({ id }) => id === given.id)
    refuseOthers(desk, known === undefined ? [owner] : [owner, known.owner])
    const version = (known?.version ?? 0) + 1
    const others = before.filter(({ id }) => id !== given.id)
    const beside = others.filter((each) =>
      isOwn ? each.owner !== null && isMine(desk.keys, each.owner) : each.owner === null,
    )
    if (known === undefined && beside.length >= (isOwn ? OWN_MAX : HOSPITAL_MAX)) return null
    const next = [...others, { ...given, version, owner }].sort((a, b) => (a.en < b.en ? -1 : 1))
    await save(desk, next)
    return seenBy(desk, next)
  }

  return {
    list: () => readAtDesk(context, loadSeen),
    save: (given) =>
      inTurn(async (desk) => {
        const next = await put(desk, given)
        return next === null ? { kind: 'too-many' } : { kind: 'saved', templates: next }
      }),
    remove: ({ id }) =>
      inTurn(async (desk) => {
        const before = await load(desk)
        const gone = before.filter((each) => each.id === id)
        const isToClear = (owner: StoredTemplate['owner']) => isAdministrator() && isOfLeft(desk, owner)
        refuseOthers(
          desk,
          gone.map(({ owner }) => owner).filter((owner) => !isToClear(owner)),
        )
        const next = before.filter((each) => each.id !== id)
        await save(desk, next)
        return seenBy(desk, next)
      }),
    async exportFile({ id }) {
      const found = (await readAtDesk(context, loadSeen)).find((each) => each.id === id)
      if (found === undefined || found.isLeft === true) return { path: null }
      // Whose it is here means nothing elsewhere.
      const { owner: _owner, ...template } = found
      const path = await context.desktop.chooseSavePath({
        purpose: 'template',
        defaultName: `${plainFileName(template.en)}.json`,
      })
      if (path === null) return { path: null }
      try {
        await writeFileAtomic(path, `${JSON.stringify({ format: FILE_FORMAT, template }, null, 2)}\n`)
      } catch (error) {
        throw asWritingFailure(error, path) ?? error
      }
      return { path }
    },
    async importFile({ isOwn }) {
      leaseOf(context)
      const [path] = await context.desktop.chooseFiles({
        purpose: 'template',
        folders: false,
        several: false,
      })
      if (path === undefined) return { kind: 'closed' }
      const bytes = await readSmallFile(path)
      const parsed = shared.safeParse(bytes === null ? null : asJson(bytes))
      if (!parsed.success) return { kind: 'not-a-template' }
      return inTurn(async (desk) => {
        const { version: _version, owner: _owner, ...template } = parsed.data.template
        // What this hospital has under that id may have been changed here: both stay.
        const isKnown = (await load(desk)).some((each) => each.id === template.id)
        const id = isKnown ? newTemplateId() : template.id
        const next = await put(desk, { ...template, id, isOwn })
        return next === null ? { kind: 'too-many' } : { kind: 'saved', templates: next, id }
      })
    },
  }
}

const newTemplateId = (): string => `own-${randomBytes(8).toString('hex')}`

const pathOf = ({ profile }: Desk): string => join(codesFolderOf(profile.folder), FILE)

/** Keys that a reset replaced are one's own. */
const isMine = ({ person }: Desk['keys'], owner: string): boolean =>
  owner === person.userKeyId || person.formerKeyIds?.includes(owner) === true

/** None where the file does not open under these keys: it is begun anew, like everything that is only convenient. */
async function load(desk: Desk): Promise<StoredTemplate[]> {
  const key = sealingKey(desk.keys.patientIndex)
  try {
    const parsed = stored.safeParse(openRow(key, DOMAIN, new Uint8Array(await readFile(pathOf(desk)))))
    return parsed.success ? parsed.data.templates : []
  } catch (error) {
    if (errorCode(error) === null) throw error
    return []
  } finally {
    key.fill(0)
  }
}

async function save(desk: Desk, templates: readonly StoredTemplate[]): Promise<void> {
  const key = sealingKey(desk.keys.patientIndex)
  const sealed = sealRow(key, DOMAIN, { format: 1, templates })
  key.fill(0)
  await mkdir(codesFolderOf(desk.profile.folder), { recursive: true, mode: 0o700 })
  await writeFileAtomic(pathOf(desk), sealed)
}

function sealingKey(patientIndexKey: Bytes): Bytes {
  return new Uint8Array(createHmac('sha256', patientIndexKey).update(DOMAIN).digest())
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes))
  } catch {
    return null
  }
}
