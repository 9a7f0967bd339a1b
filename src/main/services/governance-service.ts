/** Membership as a caller of the contract sees it: wishes, approvals with the passphrase, files to and from people. */
import { resolve } from 'node:path'
import type { governance as governanceContract, PlanInput } from '../../shared/contract/governance.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { present } from '../../shared/std/assert.ts'
import { equalBytes as isSame, fromHex, toHex as hexOf, utf8Encode } from '../../shared/std/bytes.ts'
import { isAddress } from '../../shared/domain/address.ts'
import { accessAlerts, houseAlerts } from './access-alerts.ts'
import { recoveryAlerts } from './shares-service.ts'
import { alertsOf } from '../governance/alerts.ts'
import { contradictionViewOf, evidenceText } from '../governance/evidence.ts'
import type { Governance, PersonKeys, VoiceResult } from '../governance/governance.ts'
import type { GovernanceHome } from '../governance/governance-home.ts'
import {
  changeOf,
  consensusOf,
  memberViews,
  rulesOf,
  proposalViewOf,
  requestViewOf,
} from '../governance/views.ts'
import { ownKeysView } from '../governance/own-keys-view.ts'
import { segmentWithCertificate } from '../governance/newest-segment.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import { PROTOCOLS } from '../node/chain/protocol.ts'
import { membersOf, scheduledState } from '../node/chain/state.ts'
import type { Plan } from '../node/membership/decisions.ts'
import { chainFingerprint, makeInvitation } from '../node/membership/invitation.ts'
import { makeRequest, openRequest } from '../node/membership/request.ts'
import { encodeProofFile, openProofFile } from '../node/membership/sync-proof.ts'
import { forgetNodeKeys, forgetSessionKeys } from '../node/vault/institution-keys.ts'
import { loadNetwork, saveNetwork } from '../profile/network-settings.ts'
import type { OpenProfile } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { genesisOf } from '../profile/profile-folder.ts'
import { nameSubject } from './audit-subject.ts'
import { accountOf, AccessFailure, profileOf, type ServiceContext } from './context.ts'
import { plainFileName, readSmallFile, saveSmallFile } from './files.ts'

type Service = Handlers<typeof governanceContract>
type WrongPassphrase = { kind: 'wrong-passphrase'; waitSeconds: number | null }

export function createGovernanceService(context: ServiceContext): Service {
  const { crypto, random, now } = context.world

  function home(): GovernanceHome {
    profileOf(context)
    const governance = context.governance()
    if (governance === null) throw new AccessFailure({ code: 'read-only' })
    return governance
  }

  /** Opens the root key for one signature, and forgets it at once (M6). */
  async function withPersonKeys<T>(
    passphrase: string,
    work: (keys: PersonKeys, profile: OpenProfile) => Promise<T>,
  ): Promise<T | WrongPassphrase> {
    const profile = profileOf(context)
    try {
      const keys = await profile.unsealAll({ account: accountOf(context), passphrase })
      try {
        return await work({ root: keys.root.root }, profile)
      } finally {
        crypto.forget(keys.root.root)
        forgetSessionKeys(keys.session)
        forgetNodeKeys(keys.node)
      }
    } catch (error) {
      return wrongPassphraseOf(error)
    }
  }

  /** Keys that are in the vault already, and the root key that asks for them. */
  async function withNextKeys<T>(
    passphrase: string,
    because: 'planned' | 'stolen',
    work: (member: Member, keys: PersonKeys) => Promise<T>,
  ): Promise<T | WrongPassphrase | { kind: 'refused'; reason: 'unknown-member'; arithmetic: null }> {
    try {
      const made = await profileOf(context).makeNextKeys({ account: accountOf(context), passphrase }, because)
      if (made.kind === 'refused') return { ...made, arithmetic: null }
      try {
        return await work(made.member, { root: made.root.root })
      } finally {
        crypto.forget(made.root.root)
      }
    } catch (error) {
      return wrongPassphraseOf(error)
    }
  }

  function wrongPassphraseOf(error: unknown): WrongPassphrase {
    if (!(error instanceof ProfileFailure) || error.detail.code !== 'wrong-passphrase') throw error
    const seconds = Number(error.detail.detail)
    return { kind: 'wrong-passphrase', waitSeconds: Number.isFinite(seconds) ? seconds : null }
  }

  function planOf(input: PlanInput): Plan | null {
    const id = (hex: string) => fromHex(hex) as Uint8Array as MemberId
    const { height } = home().node.ledger.state
    switch (input.kind) {
      case 'admit':
      case 'new-keys': {
        const request = home().requests.get(input.fingerprint)
        if (request === undefined) return null
        const purpose = input.kind === 'admit' ? 'take-part' : 'new-keys'
        return request.purpose === purpose ? { kind: input.kind, member: request.member } : null
      }
      case 'give-vote':
        return { kind: 'give-vote', memberIds: input.memberIds.map(id) }
      case 'take-vote':
      case 'remove':
        return {
          kind: input.kind,
          memberId: id(input.memberId),
          successor: input.successor === null ? null : id(input.successor),
        }
      case 'lift-suspension':
        return { kind: 'lift-suspension', memberId: id(input.memberId) }
      case 'policy':
        return input
      case 'network':
      case 'protocol':
        return { kind: input.kind, height: height + 1 + input.afterHeights }
    }
  }

  const refusedRequest = { kind: 'refused', reason: 'request-not-open', arithmetic: null } as const

  function voice<Kind extends string>(kind: Kind, result: VoiceResult) {
    return result.kind === 'refused' ? result : { kind, proposal: proposalViewOf(home().node, result.now) }
  }

  async function pathToRead(path: string | undefined): Promise<string | null> {
    if (path !== undefined) return resolve(path)
    const [chosen] = await context.desktop.chooseFiles({
      purpose: 'membership',
      folders: false,
      several: false,
    })
    return chosen ?? null
  }
  async function pathToWrite(path: string | undefined, defaultName: string): Promise<string | null> {
    if (path !== undefined) return resolve(path)
    return context.desktop.chooseSavePath({ purpose: 'membership', defaultName })
  }
  const notWritable = { kind: 'refused-file', reason: 'not-writable' } as const
  const cancelled = { kind: 'cancelled' } as const

  async function proposalViews(governance: Governance) {
    const { node } = home()
    return (await governance.proposals()).map((each) => proposalViewOf(node, each))
  }

  return {
    async overview() {
      const { node, governance, happened, stall } = home()
      const { ledger } = node
      const { consortium: state, height } = ledger.state
      const members = await memberViews(crypto, node, governance, now(), profileOf(context).restart)
      const strength = governance.strength()
      const consensus = consensusOf(node, governance)
      const view = {
        consortiumName: ledger.genesis.name,
        chainId: profileOf(context).facts.chainId,
        chainFingerprint: chainFingerprint(crypto, ledger.chainId),
        height,
        epoch: state.epoch,
        protocolVersion: state.protocolVersion,
        newestProtocol: PROTOCOLS.max,
        networkGeneration: state.networkGeneration,
        strength,
        members,
        ownAddresses: node.addresses().map(({ address }) => address),
        ownKeys: await ownKeysView(present(profileOf(context).node, 'governance has a node')),
        isReachedByPeer: home().isReachedByPeer(),
        listening: await loadNetwork(profileOf(context).folder),
        consensus,
        policy: rulesOf(state.policy),
        pending: state.pending.map(({ effectHeight, change }) => ({
          effectHeight,
          change: changeOf(state, change, effectHeight),
        })),
      }
      const proposals = await proposalViews(governance)
      const offset = node.status.clockOffsetMs ?? null
      const whole = present(profileOf(context).node, 'governance has a node')
      const deviations = context.gateway?.()?.deviations() ?? []
      const alerts = alertsOf(view, node.status, proposals, happened(), offset, now(), stall(), deviations)
      const { contradiction } = whole
      return {
        ...view,
        alerts: [
          ...alerts,
          ...accessAlerts(whole, now()),
          ...(await houseAlerts(context)),
          ...(await recoveryAlerts(whole)),
        ],
        contradiction: contradiction && contradictionViewOf(crypto, ledger.chainId, contradiction),
      }
    },

    proposals: () => proposalViews(home().governance),

    async weigh(input) {
      const plan = planOf(input)
      if (plan === null) return refusedRequest
      const { node, governance } = home()
      const judged = governance.weigh(plan)
      if (judged.kind === 'refused') return judged
      const { consortium } = node.ledger.state
      const { arithmetic, effectHeight, decisions } = judged
      const changes = decisions.map((decision) => changeOf(consortium, decision, null))
      return { kind: 'possible', arithmetic, effectHeight, changes }
    },

    async propose({ plan: input, note, passphrase }) {
      // Also of what is refused: which decision somebody wished for.
      nameSubject(decisionNamed(input))
      const plan = planOf(input)
      if (plan === null) return refusedRequest
      const { node, governance } = home()
      const propose = (keys: PersonKeys | null) => governance.propose(plan, note, keys)
      const result =
        passphrase === null ? await propose(null) : await withPersonKeys(passphrase, (keys) => propose(keys))
      if (result.kind === 'wrong-passphrase' || result.kind === 'refused') return result
      const proposal = proposalViewOf(node, result.now)
      nameSubject({ proposalId: proposal.proposalId })
      return { kind: 'proposed', proposal }
    },

    async approve({ proposalId, passphrase }) {
      const id = fromHex(proposalId)
      const result = await withPersonKeys(passphrase, (keys) => home().governance.approve(id, keys))
      return result.kind === 'wrong-passphrase' ? result : voice('approved', result)
    },
    async reject({ proposalId }) {
      return voice('rejected', await home().governance.reject(fromHex(proposalId)))
    },
    async withdraw({ proposalId }) {
      return voice('withdrawn', await home().governance.withdraw(fromHex(proposalId)))
    },

    async changeKeys({ because, note, passphrase, path }) {
      const { node, governance } = home()
      const { facts } = profileOf(context)
      const at =
        because === 'planned'
          ? ''
          : await pathToWrite(path, `new-keys-${plainFileName(facts.institutionName)}.consilium`)
      if (at === null) return cancelled
      return withNextKeys(passphrase, because, async (member, keys) => {
        if (because === 'planned') {
          const result = await governance.propose({ kind: 'new-keys', member }, note, keys)
          return result.kind === 'proposed'
            ? { kind: 'proposed', proposal: proposalViewOf(node, result.now) }
            : result
        }
        const file = makeRequest(
          crypto,
          {
            purpose: 'new-keys',
            chainId: node.ledger.chainId,
            member,
            addresses: node.addresses().map(({ address }) => address),
            createdAt: now(),
          },
          keys.root,
        )
        const opened = openRequest(crypto, file)
        if (!(await saveSmallFile(at, file)) || opened.kind !== 'opened') return notWritable
        return { kind: 'saved', path: at, fingerprint: opened.fingerprint }
      })
    },

    async saveProposal({ proposalId, path }) {
      const bytes = home().governance.fileOf(fromHex(proposalId))
      if (bytes === null) return { kind: 'refused', reason: 'proposal-over', arithmetic: null }
      const at = await pathToWrite(path, `proposal-${proposalId.slice(0, 8)}.consilium`)
      if (at === null) return cancelled
      return (await saveSmallFile(at, bytes)) ? { kind: 'saved', path: at } : notWritable
    },
    async openProposal({ path }) {
      const at = await pathToRead(path)
      if (at === null) return cancelled
      const bytes = await readSmallFile(at)
      if (bytes === null) return { kind: 'refused-file', reason: 'unreadable' }
      const { node, governance } = home()
      const taken = await governance.takeFile(bytes)
      if (taken.kind === 'refused') return { kind: 'refused-file', reason: taken.reason }
      return { kind: 'opened', proposal: proposalViewOf(node, taken.now), isNews: taken.isNews }
    },

    async openRequest({ path }) {
      const at = await pathToRead(path)
      if (at === null) return cancelled
      const bytes = await readSmallFile(at)
      if (bytes === null) return { kind: 'refused-file', reason: 'unreadable' }
      const opened = openRequest(crypto, bytes)
      if (opened.kind === 'refused') return { kind: 'refused-file', reason: opened.reason }
      const { node, requests } = home()
      const { request, fingerprint } = opened
      const ours = node.ledger.chainId
      if (request.chainId !== null && !isSame(request.chainId, ours))
        return { kind: 'refused-file', reason: 'other-chain' }
      requests.set(fingerprint, request)
      const members = membersOf(scheduledState(node.ledger.state.consortium))
      return { kind: 'opened', request: requestViewOf(request, fingerprint, members) }
    },

    async invite({ memberId, passphrase, path }) {
      const { node, governance, requests } = home()
      const { ledger } = node
      const { consortium: state } = ledger.state
      const members = membersOf(scheduledState(state))
      const invitee = findMember(members, fromHex(memberId))
      if (invitee === null) return { kind: 'refused', reason: 'not-a-member-yet', arithmetic: null }
      // Where the newcomer listens is known from its request; others dial it, and it dials them.
      const asked = [...requests.values()].find((request) =>
        isSame(request.member.memberId, invitee.memberId),
      )
      const addressesOf = (id: MemberId): string[] => {
        if (isSame(id, node.memberId)) return node.addresses().map(({ address }) => address)
        return [...(node.peers().find((peer) => isSame(peer.memberId, id))?.addresses ?? [])]
      }
      const listed = members.map((member) => ({
        member,
        addresses: addressesOf(member.memberId).slice(0, 8),
      }))
      if (listed.every(({ addresses }) => addresses.length === 0)) {
        const set = await loadNetwork(profileOf(context).folder)
        const reason = set?.listen == null ? 'no-address' : 'not-listening-yet'
        return { kind: 'refused', reason, arithmetic: null }
      }
      const at = await pathToWrite(path, `invitation-${plainFileName(invitee.name)}.consilium`)
      if (at === null) return cancelled
      const newest = await segmentWithCertificate(node.store, ledger.state.height)
      const result = await withPersonKeys(passphrase, async (_, profile) => {
        const made = makeInvitation(
          crypto,
          random,
          now(),
          invitee,
          {
            chainId: ledger.chainId,
            signedGenesis: genesisOf(profile.facts),
            height: ledger.state.height,
            epoch: state.epoch,
            newest,
            members: listed,
            secrets: home().sharedSecrets(),
            inviter: node.memberId,
          },
          present(profile.node, 'governance has a node').ownKeys.author(),
        )
        if (made === null) return { kind: 'refused', reason: 'unusable-key', arithmetic: null } as const
        if (!(await saveSmallFile(at, made.file))) return notWritable
        const { tokenHash, expiresAt } = made
        await governance.rememberInvitation({ memberId: invitee.memberId, tokenHash, expiresAt })
        if (asked !== undefined && asked.addresses.length > 0)
          await node.addAddresses(
            invitee.memberId,
            asked.addresses.map((address) => ({ generation: state.networkGeneration, address })),
          )
        return {
          kind: 'invited',
          path: at,
          expiresAt,
          chainFingerprint: chainFingerprint(crypto, ledger.chainId),
        } as const
      })
      return result
    },

    async saveProof({ path }) {
      const { node, governance } = home()
      const at = await pathToWrite(path, `proof-of-sync-${node.ledger.state.height}.consilium`)
      if (at === null) return cancelled
      const { signed, proof, isComplete } = governance.ownProof()
      if (!(await saveSmallFile(at, encodeProofFile(crypto, signed)))) return notWritable
      return { kind: 'saved', path: at, height: proof.height, isComplete }
    },
    async openProof({ path }) {
      const at = await pathToRead(path)
      if (at === null) return cancelled
      const bytes = await readSmallFile(at)
      if (bytes === null) return { kind: 'refused-file', reason: 'unreadable' }
      const opened = openProofFile(crypto, bytes)
      if (opened.kind === 'refused') return { kind: 'refused-file', reason: opened.reason }
      const taken = await home().governance.takeProof(opened.signed)
      if (taken === null) return { kind: 'refused-file', reason: 'unknown-author' }
      const { member, verdict } = taken
      return { kind: 'opened', memberName: member.name, memberId: hexOf(member.memberId), verdict }
    },

    async saveContradiction({ path }) {
      const { ledger } = home().node
      const { contradiction } = present(profileOf(context).node, 'governance has a node')
      const about = {
        consortiumName: ledger.genesis.name,
        reportedBy: profileOf(context).facts.institutionName,
      }
      const text = contradiction && evidenceText(ledger.chainId, about, contradiction)
      if (text === null) return { kind: 'none' }
      const at = await pathToWrite(path, 'two-certificates.json')
      if (at === null) return cancelled
      return (await saveSmallFile(at, utf8Encode(text))) ? { kind: 'saved', path: at } : notWritable
    },

    async saveListening({ listen, announce }) {
      const isPossible =
        (listen === null || isAddress(listen.replace(/:0$/, ':1'))) && announce.every(isAddress)
      if (isPossible) await saveNetwork(profileOf(context).folder, { listen, announce })
      return { isSaved: isPossible }
    },

    async confirmVoting({ passphrase }) {
      const result = await withPersonKeys(passphrase, async () => {
        home().node.confirmVoting()
        return { kind: 'confirmed' } as const
      })
      return { isConfirmed: result.kind === 'confirmed' }
    },
  }
}

/** A wish by its kind, and whom or which rule it is about: ids and codes only. */
function decisionNamed(plan: PlanInput): Record<string, string> {
  if (plan.kind === 'policy') return { decision: `policy:${plan.name}:${plan.value}` }
  if ('memberId' in plan) return { decision: plan.kind, memberId: plan.memberId }
  // As many as a field of the audit takes.
  if ('memberIds' in plan) return { decision: plan.kind, memberId: plan.memberIds.slice(0, 4).join('+') }
  return { decision: plan.kind }
}
