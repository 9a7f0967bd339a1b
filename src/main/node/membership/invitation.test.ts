import { describe, expect, it } from 'vitest'
import { assert, present } from '../../../shared/std/assert.ts'
import {
  createInstitution,
  crypto,
  finalise,
  flipped,
  foundConsortium,
  fieldsOf,
  sampleVisit,
  sealVisits,
} from '../chain/consortium.test-kit.ts'
import { toHex } from '../../../shared/std/bytes.ts'
import type { ChainId } from '../chain/ids.ts'
import { membersOf } from '../chain/state.ts'
import { makeInvitation, openInvitation, type Invitation } from './invitation.ts'
import { INVITATION_VALID_MS } from './limits.ts'
import { decide, NOW } from './membership.test-kit.ts'
import type { SharedSecrets } from './shared-secrets.ts'

const consortium = foundConsortium({ seed: 'invitation', voters: 1 })
const north = consortium.institutions[0]!
const east = createInstitution(consortium.random, 'East Hospital', 'hospital', false)
const university = createInstitution(consortium.random, 'University', 'university')
const joined = [east, university].reduce(
  (state, { member }) => decide(consortium, state, north, { kind: 'admit', member }, [north]),
  consortium.start,
)
const visit = sealVisits(consortium, north, [
  fieldsOf(
    sampleVisit(1, { encounter: { ...sampleVisit(1).encounter, facility: toHex(north.member.memberId) } }),
  ),
])
const last = finalise(consortium, joined, { records: visit })
const secrets: SharedSecrets = {
  networkGenerations: [{ epoch: 0, key: consortium.random(32) }],
  gatewayEpochs: [{ epoch: 0, key: consortium.random(32) }],
  linkageEpochs: [{ epoch: 0, key: consortium.random(32) }],
}

function content(changes: Partial<Invitation> = {}): Omit<Invitation, 'token' | 'expiresAt'> {
  return {
    chainId: consortium.chainId,
    signedGenesis: consortium.signedGenesis,
    height: last.state.height,
    epoch: last.state.consortium.epoch,
    newest: { segment: last.bundle.segment, certificate: present(last.bundle.certificate) },
    members: membersOf(last.state.consortium).map((member) => ({
      member,
      addresses: member.name === 'Hospital 1' ? ['192.0.2.1:4711'] : [],
    })),
    secrets,
    inviter: north.member.memberId,
    ...changes,
  }
}

function invite(invitee = east, changes: Partial<Invitation> = {}, authorSecret = north.authorSecret) {
  const made = makeInvitation(crypto, consortium.random, NOW, invitee.member, content(changes), authorSecret)
  return present(made)
}

const asEast = { memberId: east.member.memberId, custodianSecret: east.custodianSecret, chainId: null }

describe('an invitation', () => {
  it('gives the invited hospital the chain, the addresses and all shared keys', () => {
    const { file, tokenHash, expiresAt } = invite()
    const opened = openInvitation(crypto, file, asEast, NOW + 1)
    assert(opened.kind === 'opened', JSON.stringify(opened))
    expect(opened.consortiumName).toBe('Test consortium')
    expect(opened.self.name).toBe('East Hospital')
    expect(opened.fingerprint).toMatch(/^\d{5}( \d{5}){4}$/)
    const { invitation } = opened
    expect(toHex(invitation.chainId)).toBe(toHex(consortium.chainId))
    expect(invitation.secrets).toEqual(secrets)
    expect(invitation.height).toBe(last.state.height)
    expect(invitation.members.map(({ addresses }) => addresses).flat()).toEqual(['192.0.2.1:4711'])
    expect(toHex(crypto.sha256(invitation.token))).toBe(toHex(tokenHash))
    expect(expiresAt).toBe(NOW + INVITATION_VALID_MS)
  })

  it('gives a university the network and no key of records or patients', () => {
    const { file } = invite(university)
    const { memberId } = university.member
    const custodianSecret = university.custodianSecret
    const opened = openInvitation(crypto, file, { memberId, custodianSecret, chainId: null }, NOW)
    assert(opened.kind === 'opened', JSON.stringify(opened))
    expect(opened.invitation.secrets).toEqual({ ...secrets, gatewayEpochs: [], linkageEpochs: [] })
  })

  it('has another token each time', () => {
    expect(toHex(invite().tokenHash)).not.toBe(toHex(invite().tokenHash))
  })

  it('is refused after 72 hours, with the time', () => {
    const { file, expiresAt } = invite()
    expect(openInvitation(crypto, file, asEast, expiresAt)).toMatchObject({ kind: 'opened' })
    expect(openInvitation(crypto, file, asEast, expiresAt + 1)).toEqual({
      kind: 'refused',
      reason: 'expired',
      expiredAt: expiresAt,
    })
  })

  it('is refused by another institution, and by the same one with other keys', () => {
    const { file } = invite()
    const { memberId } = university.member
    const other = { memberId, custodianSecret: university.custodianSecret, chainId: null }
    expect(openInvitation(crypto, file, other, NOW)).toEqual({
      kind: 'refused',
      reason: 'other-institution',
    })
    const renewed = { ...asEast, custodianSecret: university.custodianSecret }
    expect(openInvitation(crypto, file, renewed, NOW)).toEqual({
      kind: 'refused',
      reason: 'other-institution',
    })
  })

  it('is refused by who takes part in another chain', () => {
    const { file } = invite()
    const elsewhere = { ...asEast, chainId: consortium.random(32) as ChainId }
    expect(openInvitation(crypto, file, elsewhere, NOW)).toEqual({ kind: 'refused', reason: 'other-chain' })
    expect(openInvitation(crypto, file, { ...asEast, chainId: consortium.chainId }, NOW)).toMatchObject({
      kind: 'opened',
    })
  })

  it('is refused where a byte was changed or the end is missing', () => {
    const { file } = invite()
    for (let position = 20; position < file.length; position += 53)
      expect(openInvitation(crypto, flipped(file, position), asEast, NOW).kind).toBe('refused')
    expect(openInvitation(crypto, file.subarray(0, 300), asEast, NOW)).toEqual({
      kind: 'refused',
      reason: 'damaged',
    })
  })

  it('is refused where somebody else signed it, or its founding document is of another chain', () => {
    const stranger = createInstitution(consortium.random, 'Stranger')
    const forged = invite(east, {}, stranger.authorSecret)
    expect(openInvitation(crypto, forged.file, asEast, NOW)).toEqual({ kind: 'refused', reason: 'forged' })
    const other = foundConsortium({ seed: 'another', voters: 1 })
    const swapped = invite(east, { signedGenesis: other.signedGenesis })
    expect(openInvitation(crypto, swapped.file, asEast, NOW)).toEqual({ kind: 'refused', reason: 'forged' })
  })

  it('is refused where it names no address of anybody', () => {
    const members = content().members.map(({ member }) => ({ member, addresses: [] }))
    expect(openInvitation(crypto, invite(east, { members }).file, asEast, NOW)).toEqual({
      kind: 'refused',
      reason: 'no-address',
    })
  })
})
