/** Before an institution has a chain: keys and a request, an invitation or a founding together, and then a profile. */
import { resolve } from 'node:path'
import type { openAnswer } from '../../shared/contract/app.ts'
import type { CandidateView, joining as joiningContract, RoundView } from '../../shared/contract/joining.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import type { z } from 'zod'
import type { Desktop } from '../desktop.ts'
import { rulesOf } from '../governance/views.ts'
import { createPolicy, policyBounds } from '../node/chain/policy.ts'
import { faultsTolerated, quorumOf, votersOf } from '../node/chain/voters.ts'
import {
  draftRound,
  encodeRound,
  foundingOf,
  mergeRounds,
  openRound,
  secretsOfRound,
  signRound,
  type FoundingRound,
} from '../node/membership/founding-round.ts'
import { openInvitation } from '../node/membership/invitation.ts'
import { openRequest } from '../node/membership/request.ts'
import { findMember } from '../node/chain/members.ts'
import { FIRST_EPOCH } from '../node/founding.ts'
import {
  comeIn,
  loadCandidate,
  makeCandidate,
  withCandidateKeys,
  type Candidate,
} from '../profile/candidate-folder.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { plainFileName, readSmallFile, saveSmallFile } from './files.ts'

type Service = Omit<Handlers<typeof joiningContract>, 'pairWorkPlace'>
type OpenAnswer = z.infer<typeof openAnswer>
type RefusedOpen = Extract<OpenAnswer, { kind: 'refused' }>
type RefusedFile = Extract<Awaited<ReturnType<Service['openFounding']>>, { kind: 'refused-file' }>

export interface JoiningOptions {
  readonly world: ProfileWorld
  readonly desktop: Pick<Desktop, 'chooseFiles' | 'chooseSavePath'>
  /** Opens the new profile; the command line opens it later. */
  readonly open: (folder: string, passphrase: string) => Promise<OpenAnswer>
}

export function createJoiningService({ world, desktop, open }: JoiningOptions): Service {
  const { crypto, random } = world
  const cancelled = { kind: 'cancelled' } as const

  /** A profile's refusal is an answer; everything else stays a failure. */
  async function answering<T>(work: () => Promise<T>): Promise<T | RefusedOpen> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ProfileFailure)) throw error
      const { code, detail } = error.detail
      return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
    }
  }
  async function candidateIn(folder: string): Promise<Candidate> {
    const candidate = await loadCandidate(world, resolve(folder))
    if (candidate === null) throw new ProfileFailure({ code: 'profile-missing', detail: folder })
    return candidate
  }
  async function chosenFile(path: string | null): Promise<string | null> {
    if (path !== null) return resolve(path)
    const [chosen] = await desktop.chooseFiles({ purpose: 'membership', folders: false, several: false })
    return chosen ?? null
  }
  async function chosenFiles(paths: readonly string[]): Promise<string[]> {
    if (paths.length > 0) return paths.map((path) => resolve(path))
    return desktop.chooseFiles({ purpose: 'membership', folders: false, several: true })
  }
  async function placeFor(path: string | null, defaultName: string): Promise<string | null> {
    if (path !== null) return resolve(path)
    return desktop.chooseSavePath({ purpose: 'membership', defaultName })
  }

  /** One round out of its copies. */
  async function mergedRound(
    paths: readonly string[],
  ): Promise<{ kind: 'round'; round: FoundingRound } | RefusedFile> {
    let round: FoundingRound | null = null
    for (const path of paths) {
      const bytes = await readSmallFile(path)
      if (bytes === null) return refusedFile('unreadable', path)
      const opened = openRound(crypto, bytes)
      if (opened.kind === 'refused') return refusedFile(opened.reason, path)
      if (round === null) {
        round = opened.round
        continue
      }
      const merged = mergeRounds(round, opened.round)
      if (merged.kind === 'refused') return refusedFile(merged.reason, path)
      round = merged.round
    }
    return round === null ? refusedFile('unreadable') : { kind: 'round', round }
  }

  const documentHashOf = ({ draftBytes }: FoundingRound): string => toHex(crypto.sha256(draftBytes))

  function roundView(round: FoundingRound, self: Candidate): RoundView {
    const { genesis } = round
    const voters = votersOf(genesis.members).length
    return {
      chainId: toHex(round.chainId),
      consortiumName: genesis.name,
      fingerprint: round.fingerprint,
      documentHash: documentHashOf(round),
      drafterName: findMember(genesis.members, round.drafter)?.name ?? '',
      createdAt: genesis.createdAt,
      members: genesis.members.map((member, position) => ({
        memberId: toHex(member.memberId),
        name: member.name,
        kind: member.kind,
        isVoter: member.isVoter,
        isSelf: equalBytes(member.memberId, self.member.memberId),
        hasSigned: round.signatures.some(({ memberId }) => equalBytes(memberId, member.memberId)),
        requestFingerprint: round.requestFingerprints[position]!,
      })),
      voters,
      quorum: quorumOf(voters),
      faultsTolerated: faultsTolerated(voters),
      rules: rulesOf(genesis.policy),
      isComplete: foundingOf(crypto, round).kind === 'founded',
    }
  }

  async function openedInvitation(folder: string, passphrase: string, path: string) {
    const candidate = await candidateIn(folder)
    const bytes = await readSmallFile(path)
    if (bytes === null) return refusedFile('unreadable', path)
    const invitationHash = toHex(crypto.sha256(bytes))
    const opened = await withCandidateKeys(world, candidate.folder, passphrase, ({ session }) =>
      openInvitation(
        crypto,
        bytes,
        { memberId: candidate.member.memberId, custodianSecret: session.custodian, chainId: null },
        world.now(),
      ),
    )
    if (opened.kind === 'refused')
      return refusedFile(opened.reason, opened.expiredAt === undefined ? undefined : String(opened.expiredAt))
    return { candidate, opened, invitationHash }
  }

  return {
    async candidate({ folder }) {
      const candidate = await loadCandidate(world, resolve(folder))
      return candidate && candidateView(candidate)
    },

    request: (input) =>
      answering(async () => {
        const path = await placeFor(input.path, `request-${plainFileName(input.institutionName)}.consilium`)
        if (path === null) return cancelled
        const candidate = await makeCandidate(world, { ...input, folder: resolve(input.folder) })
        if (!(await saveSmallFile(path, candidate.requestFile))) return refusedFile('not-writable', path)
        return { kind: 'requested' as const, candidate: candidateView(candidate), path }
      }),

    openInvitation: ({ folder, passphrase, path }) =>
      answering(async () => {
        const at = await chosenFile(path)
        if (at === null) return cancelled
        const result = await openedInvitation(folder, passphrase, at)
        if ('kind' in result) return result
        const { invitation, consortiumName, fingerprint } = result.opened
        const members = invitation.members.map(({ member }) => member)
        return {
          kind: 'opened' as const,
          path: at,
          invitationHash: result.invitationHash,
          consortiumName,
          chainId: toHex(invitation.chainId),
          chainFingerprint: fingerprint,
          inviterName: findMember(members, invitation.inviter)?.name ?? '',
          expiresAt: invitation.expiresAt,
          memberCount: members.length,
        }
      }),

    join: ({ folder, passphrase, path, invitationHash }) =>
      answering(async () => {
        const result = await openedInvitation(folder, passphrase, resolve(path))
        if ('kind' in result) return result
        // The file lies where others write: the number that was compared is of the one that was looked at.
        if (result.invitationHash !== invitationHash) return refusedFile('changed', path)
        const { invitation } = result.opened
        await comeIn(world, result.candidate, passphrase, {
          chainId: invitation.chainId,
          signedGenesis: invitation.signedGenesis,
          secrets: invitation.secrets,
          tokenHash: crypto.sha256(invitation.token),
          introduced: invitation.members,
          expected: invitation.newest?.segment ?? null,
        })
        return open(result.candidate.folder, passphrase)
      }),

    draftFounding: (input) =>
      answering(async () => {
        const candidate = await candidateIn(input.folder)
        const paths = await chosenFiles(input.paths)
        if (paths.length === 0) return cancelled
        const requests = [openRequest(crypto, candidate.requestFile)]
        for (const path of paths) {
          const bytes = await readSmallFile(path)
          if (bytes === null) return refusedFile('unreadable', path)
          const opened = openRequest(crypto, bytes)
          if (opened.kind === 'refused') return refusedFile(opened.reason, path)
          // One's own file among the chosen ones is no second institution.
          if (opened.fingerprint !== candidate.fingerprint) requests.push(opened)
        }
        const rules = { ...input.rules, ...(input.allowFewVoters ? { votersBelowFourAllowed: 1 } : {}) }
        const refusedRule = ruleRefusal(rules)
        if (refusedRule !== null)
          return { kind: 'refused-founding' as const, reason: refusedRule, voterCount: null }
        const opened = requests.flatMap((each) => (each.kind === 'opened' ? [each] : []))
        const savePath = await placeFor(
          input.savePath,
          `founding-${plainFileName(input.consortiumName)}.consilium`,
        )
        if (savePath === null) return cancelled
        const first = (key: Uint8Array) => [{ epoch: FIRST_EPOCH, key }]
        const secrets = {
          networkGenerations: first(random(32)),
          gatewayEpochs: first(random(32)),
          linkageEpochs: first(random(32)),
        }
        const drafted = await withCandidateKeys(world, candidate.folder, input.passphrase, (keys) => {
          const { memberId } = candidate.member
          const result = draftRound(
            crypto,
            random,
            {
              requests: opened,
              drafter: memberId,
              name: input.consortiumName,
              policy: createPolicy(rules),
              voters:
                input.voters === null
                  ? null
                  : opened
                      .map(({ request }) => request.member.memberId)
                      .filter((id) => input.voters!.includes(toHex(id))),
              now: world.now(),
              secrets,
            },
            keys.root.root,
          )
          // Whoever draws it up stands by it: its signature is in the file from the start.
          return result.kind === 'refused'
            ? result
            : signRound(crypto, result.round, memberId, keys.root.root)
        })
        for (const list of Object.values(secrets)) for (const { key } of list) key.fill(0)
        if ('kind' in drafted)
          return {
            kind: 'refused-founding' as const,
            reason: drafted.reason,
            voterCount: drafted.voterCount ?? null,
          }
        if (!(await saveSmallFile(savePath, encodeRound(crypto, drafted))))
          return refusedFile('not-writable', savePath)
        return { kind: 'drafted' as const, path: savePath, round: roundView(drafted, candidate) }
      }),

    async openFounding({ folder, paths }) {
      const candidate = await candidateIn(folder)
      const chosen = await chosenFiles(paths)
      if (chosen.length === 0) return cancelled
      const merged = await mergedRound(chosen)
      if (merged.kind !== 'round') return merged
      if (findMember(merged.round.genesis.members, candidate.member.memberId) === null)
        return refusedFile('other-institution')
      return { kind: 'opened', paths: chosen, round: roundView(merged.round, candidate) }
    },

    rules: async () => rulesOf(createPolicy()),

    signFounding: ({ folder, passphrase, paths, documentHash }) =>
      answering(async () => {
        const candidate = await candidateIn(folder)
        const chosen = paths.map((path) => resolve(path))
        const merged = await mergedRound(chosen)
        if (merged.kind !== 'round') return merged
        // The file lies where others write: between the look and the signature it may have been exchanged.
        if (documentHashOf(merged.round) !== documentHash) return refusedFile('changed', chosen[0])
        const { memberId } = candidate.member
        if (findMember(merged.round.genesis.members, memberId) === null)
          return refusedFile('other-institution')
        const round = await withCandidateKeys(world, candidate.folder, passphrase, ({ root, session }) => {
          // Who cannot open its share of the common keys would found a chain on which it is deaf.
          const secrets = secretsOfRound(crypto, merged.round, memberId, session.custodian)
          return secrets === null ? null : signRound(crypto, merged.round, memberId, root.root)
        })
        if (round === null) return refusedFile('other-keys')
        const path = chosen[0]!
        if (!(await saveSmallFile(path, encodeRound(crypto, round)))) return refusedFile('not-writable', path)
        return { kind: 'signed' as const, path, round: roundView(round, candidate) }
      }),

    startFounded: ({ folder, passphrase, paths, documentHash }) =>
      answering(async () => {
        const candidate = await candidateIn(folder)
        const chosen = paths.map((path) => resolve(path))
        const merged = await mergedRound(chosen)
        if (merged.kind !== 'round') return merged
        const { round } = merged
        // Signed by all may be another document too: whoever exchanges the file may have their signatures for it.
        if (documentHashOf(round) !== documentHash) return refusedFile('changed', chosen[0])
        const { memberId } = candidate.member
        if (findMember(round.genesis.members, memberId) === null) return refusedFile('other-institution')
        const founding = foundingOf(crypto, round)
        if (founding.kind === 'waiting')
          return { kind: 'waiting' as const, missing: founding.missing.map(({ name }) => name) }
        const secrets = await withCandidateKeys(world, candidate.folder, passphrase, ({ session }) =>
          secretsOfRound(crypto, round, memberId, session.custodian),
        )
        if (secrets === null) return refusedFile('other-keys')
        await comeIn(world, candidate, passphrase, {
          chainId: round.chainId,
          signedGenesis: founding.signedGenesis,
          secrets,
          tokenHash: null,
          expected: null,
          introduced: round.requests.map(({ addresses }, position) => ({
            member: round.genesis.members[position]!,
            addresses,
          })),
        })
        return open(candidate.folder, passphrase)
      }),
  }
}

function candidateView({ folder, facts, member, addresses, fingerprint }: Candidate): CandidateView {
  return {
    folder,
    institutionName: facts.institutionName,
    kind: facts.kind,
    memberId: toHex(member.memberId),
    fingerprint,
    addresses: [...addresses],
    createdAt: facts.createdAt,
  }
}

function refusedFile(reason: RefusedFile['reason'], detail?: string): RefusedFile {
  return { kind: 'refused-file', reason, ...(detail === undefined ? {} : { detail }) }
}

/** Why a founding cannot set these rules; null where it can. The chain would carry an unknown name, and nobody obey it. */
function ruleRefusal(rules: Readonly<Record<string, number>>): 'rule-unknown' | 'rule-out-of-bounds' | null {
  for (const [name, value] of Object.entries(rules)) {
    const bounds = policyBounds(name)
    if (bounds === null) return 'rule-unknown'
    if (value < bounds.least || value > bounds.greatest) return 'rule-out-of-bounds'
  }
  return null
}
