import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { createInstitution } from '../founding.ts'
import { createNodeCrypto } from '../crypto-node.ts'
import type { InstitutionKeys } from './institution-keys.ts'
import {
  changePassphrase,
  changePeople,
  checkReset,
  contentOf,
  rosterByRoot,
  sealerFor,
  sealInstitution,
  type PeopleChange,
} from './institution-vault.ts'
import {
  openPeople,
  parsePeopleFile,
  PEOPLE_SCRYPT_COST,
  textOfPeople,
  type OpenedFile,
  type PeopleBody,
} from './people-keys.ts'
import { plainAccount } from './people.ts'

const QUICK = 2 ** 10
const crypto = createNodeCrypto()
const random = (count: number) => new Uint8Array(randomBytes(count))
const world = { crypto, random, now: () => 1_000 }
const ADA = 'Ada founds the hospital'
const BO = 'Bo enters visits daily'
const CY = 'Cy reads the audit log'

let keys: InstitutionKeys
let alone = ''
beforeAll(async () => {
  keys = createInstitution(crypto, random, {
    institutionName: 'North',
    personName: 'Ada Canary',
    roles: ['administrator'],
    kind: 'hospital',
    isVoter: true,
  }).keys
  // As a hospital that takes part holds them: with these every record can be opened.
  keys = { ...keys, node: { ...keys.node, gatewayEpochs: [{ epoch: 0, key: random(32) }] } }
  alone = await sealInstitution(world, keys, ADA, QUICK)
})

async function open(text: string, account: string, passphrase: string): Promise<OpenedFile> {
  const opened = await openPeople(crypto, text, { account: plainAccount(account), passphrase })
  if (opened.kind !== 'opened') throw new Error(opened.reason)
  return opened.file
}
async function changed(text: string, change: PeopleChange, account = 'ada canary', passphrase = ADA) {
  const file = await open(text, account, passphrase)
  const result = await changePeople(world, { file }, change)
  file.forget()
  return result
}
async function withPerson(text: string, name: string, roles: string[], passphrase: string) {
  const result = await changed(text, { kind: 'add', name, account: name, roles, passphrase })
  if (result.kind !== 'changed') throw new Error(result.reason)
  return result
}
const bodyOf = (text: string): PeopleBody => {
  const parsed = parsePeopleFile(text)
  if (parsed.kind !== 'ok') throw new Error(parsed.kind)
  return parsed.body
}
const sectionsOf = (file: OpenedFile) =>
  (['node', 'session', 'root'] as const).filter((name) => contentOf(file, name) !== null)

describe('people of an institution', () => {
  it('let the only person in with and without the name of the account, and nobody else', async () => {
    expect((await open(alone, '', ADA)).entry.name).toBe('Ada Canary')
    expect((await open(alone, ' ADA  Canary ', ADA)).entry.roles).toEqual(['administrator'])
    for (const [account, passphrase] of [
      ['', BO],
      ['somebody', ADA],
    ] as const)
      expect(await openPeople(crypto, alone, { account, passphrase })).toEqual({
        kind: 'refused',
        reason: 'wrong-passphrase',
      })
  })

  it('ask for the account as soon as there are two, each with an own key and what the roles open', async () => {
    const { text } = await withPerson(alone, 'Bo', ['clerk'], BO)
    const three = await withPerson(text, 'Cy', ['auditor'], CY)
    expect((await openPeople(crypto, three.text, { account: '', passphrase: ADA })).kind).toBe('refused')
    const [ada, bo, cy] = await Promise.all([
      open(three.text, 'ada canary', ADA),
      open(three.text, 'bo', BO),
      open(three.text, 'CY', CY),
    ])
    expect(sectionsOf(ada)).toEqual(['node', 'session', 'root'])
    expect(sectionsOf(bo)).toEqual(['node', 'session'])
    // The node's keys open every record, so an auditor does not hold them either.
    expect(sectionsOf(cy)).toEqual([])
    expect(cy.roster.people.map(({ name }) => name)).toEqual(['Ada Canary', 'Bo', 'Cy'])
    expect(new Set([ada, bo, cy].map(({ secrets }) => toHex(secrets.user))).size).toBe(3)
  })

  it('are changed by an administrator alone', async () => {
    const { text } = await withPerson(alone, 'Bo', ['clerk'], BO)
    const bo = (await open(text, 'bo', BO)).entry
    const wish: PeopleChange = { kind: 'roles', personId: bo.personId, name: 'Bo', roles: ['administrator'] }
    expect(await changed(text, wish, 'bo', BO)).toEqual({ kind: 'refused', reason: 'not-administrator' })
    const by = await changed(text, { ...wish, roles: ['clerk', 'checker'] })
    expect(by.kind === 'changed' && (await open(by.text, 'bo', BO)).entry.roles).toEqual(['clerk', 'checker'])
  })

  it('keep a last administrator, and two accounts apart', async () => {
    const { text, personId } = await withPerson(alone, 'Bo', ['administrator', 'clerk'], BO)
    const ada = (await open(text, 'ada canary', ADA)).entry.personId
    const left = await changed(text, { kind: 'leave', personId: ada }, 'bo', BO)
    if (left.kind !== 'changed') throw new Error(left.reason)
    expect(await changed(left.text, { kind: 'leave', personId }, 'bo', BO)).toMatchObject({
      reason: 'last-administrator',
    })
    expect(
      await changed(left.text, { kind: 'roles', personId, name: 'Bo', roles: ['clerk'] }, 'bo', BO),
    ).toMatchObject({ reason: 'last-administrator' })
    expect(
      await changed(text, { kind: 'add', name: 'x', account: 'BO', roles: ['clerk'], passphrase: CY }),
    ).toMatchObject({ reason: 'account-taken' })
  })

  it('leave: the door is shut, and what they held opens nothing that is written from then on', async () => {
    const { text, personId } = await withPerson(alone, 'Bo', ['clerk'], BO)
    const bo = await open(text, 'bo', BO)
    const held = bo.sectionKey('session')!
    const left = await changed(text, { kind: 'leave', personId })
    if (left.kind !== 'changed') throw new Error(left.reason)
    expect((await openPeople(crypto, left.text, { account: 'bo', passphrase: BO })).kind).toBe('refused')
    expect(bodyOf(left.text).wraps[personId]).toBeUndefined()
    const sealer = sealerFor(bo, 'session')!
    expect(sealer.reseal(left.text, held)).toBeNull()
    // The node's key was changed with it; while nobody lost it, it stays.
    const ada = await open(text, 'ada canary', ADA)
    expect(sealerFor(ada, 'node')!.reseal(left.text, held)).toBeNull()
    const more = await withPerson(text, 'Cy', ['auditor'], CY)
    expect(sealerFor(ada, 'node')!.reseal(more.text, contentOf(ada, 'node')!)).not.toBeNull()
    const back = await changed(left.text, { kind: 'return', personId, passphrase: CY })
    expect(back.kind === 'changed' && (await open(back.text, 'bo', CY)).entry.formerKeyIds).toHaveLength(1)
  })

  it('get no role from whoever edits the file: the list counts under the signature of the institution alone', async () => {
    const { text } = await withPerson(alone, 'Bo', ['clerk'], BO)
    const other = createInstitution(crypto, random, {
      institutionName: 'Other',
      personName: 'Bo',
      roles: ['administrator'],
      kind: 'hospital',
      isVoter: true,
    }).keys
    const foreign = bodyOf(await sealInstitution(world, other, BO, QUICK))
    const body = bodyOf(text)
    // The list of another institution, in which Bo is an administrator, under Bo's own door.
    const forged = textOfPeople({ ...body, sections: { ...body.sections, roster: foreign.sections.roster } })
    expect(await openPeople(crypto, forged, { account: 'bo', passphrase: BO })).toEqual({
      kind: 'refused',
      reason: 'damaged',
    })
    // The wraps of the administrator do not open for Bo.
    const ada = (await open(text, 'ada canary', ADA)).entry.personId
    const bo = (await open(text, 'bo', BO)).entry.personId
    const moved = textOfPeople({
      ...body,
      wraps: { ...body.wraps, [bo]: { ...body.wraps[ada], ...body.wraps[bo], root: body.wraps[ada]!.root! } },
    })
    expect(sectionsOf(await open(moved, 'bo', BO))).toEqual(['node', 'session'])
  })

  it('change their own passphrase; the node seals its section anew without any', async () => {
    const file = await open(alone, '', ADA)
    const text = await changePassphrase(file, BO)
    expect((await openPeople(crypto, text, { account: '', passphrase: ADA })).kind).toBe('refused')
    expect((await open(text, '', BO)).entry.personId).toBe(file.entry.personId)
    const content = contentOf(file, 'node')!
    const resealed = sealerFor(file, 'node')!.reseal(text, content)
    expect(contentOf(await open(resealed!, '', BO), 'node')).toEqual(content)
  })

  it('who forgot the passphrase are let in again by two administrators, by one with the kit, or by the kit', async () => {
    const { text, personId } = await withPerson(alone, 'Bo', ['clerk'], BO)
    const one = await open(text, 'ada canary', ADA)
    const ada = one.entry
    expect(checkReset(one.roster, personId, [], false)).toBe('kit-needed')
    expect(checkReset(one.roster, personId, [ada], false)).toBe('kit-needed')
    expect(checkReset(one.roster, personId, [ada], true)).toBeNull()
    expect(checkReset(one.roster, ada.personId, [], true)).toBeNull()
    expect(checkReset(one.roster, ada.personId, [ada], false)).toBe('kit-needed')
    const more = await withPerson(text, 'Di', ['administrator'], CY)
    const di = await open(more.text, 'di', CY)
    expect(checkReset(more.roster, personId, [ada, ada], true)).toBe('two-administrators')
    expect(checkReset(more.roster, personId, [ada, di.entry], false)).toBeNull()
    expect(checkReset(more.roster, ada.personId, [ada, di.entry], true)).toBeNull()

    // The kit holds the root: it opens the file, and nothing in it is lost.
    const byKit = rosterByRoot(crypto, text, keys.root.root)!
    const before = contentOf(await open(text, 'bo', BO), 'session')
    const reset = await changePeople(
      world,
      { body: byKit.body, root: keys.root.root },
      { kind: 'reset', personId, passphrase: 'Bo has a new passphrase' },
    )
    if (reset.kind !== 'changed') throw new Error(reset.reason)
    const again = await open(reset.text, 'bo', 'Bo has a new passphrase')
    expect(contentOf(again, 'session')).toEqual(before)
    expect((await openPeople(crypto, reset.text, { account: 'bo', passphrase: BO })).kind).toBe('refused')
    expect((await open(reset.text, 'ada canary', ADA)).entry.personId).toBe(ada.personId)
    expect(rosterByRoot(crypto, text, random(32))).toBeNull()
  })
})

describe('T28: a stolen file of keys', () => {
  it('says its own cost, which is at least 2^17, 128 MiB for each guess', async () => {
    expect(PEOPLE_SCRYPT_COST).toBeGreaterThanOrEqual(2 ** 17)
    expect(bodyOf(alone).kdf).toMatchObject({ name: 'scrypt', N: QUICK, r: 8, p: 1 })
    expect(bodyOf(await sealInstitution(world, keys, ADA)).kdf.N).toBe(PEOPLE_SCRYPT_COST)
  })

  it('holds no key, no name, no account, no role, and nothing that an account could be looked up by', async () => {
    const { text } = await withPerson(alone, 'Bo Canary', ['clerk', 'checker'], BO)
    const lower = text.toLowerCase()
    for (const word of ['canary', 'ada', 'clerk', 'administrator', 'checker'])
      // Names of three hexadecimal letters may stand in a ciphertext by chance.
      if (!/^[0-9a-f]+$/.test(word)) expect(lower).not.toContain(word)
    for (const secret of [keys.root.root, keys.session.names, keys.session.user, keys.node.consensus])
      expect(text).not.toContain(toHex(secret))
    // The same account and passphrase in another file have another tag: no table is of use.
    const tag = (file: string) => bodyOf(file).doors[0]!.tag
    expect(tag(await sealInstitution(world, keys, ADA, QUICK))).not.toBe(tag(alone))
  })

  it('is refused when any digit of it was changed', () => {
    for (const at of [...alone.matchAll(/[0-9a-f]{20,}/g)].map((match) => match.index + 5)) {
      const flipped = alone.slice(0, at) + (alone[at] === '0' ? '1' : '0') + alone.slice(at + 1)
      expect(parsePeopleFile(flipped).kind).toBe('damaged')
    }
    expect(parsePeopleFile(alone.replace('"format": 2', '"format": 3')).kind).toBe('newer')
  })
})
