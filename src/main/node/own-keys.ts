/**
 * A change of this member's own keys, as its node lives through it (docs/spec/membership.md 9): which keys it uses now, the
 * new identity in the network, and the end of the keys that are over.
 *
 * The chain's row of the member decides at every height (M7, M9), so votes of one height are never signed with two keys, and after
 * a crash nothing has to be finished but what is looked at here anyway.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { findMember, type Member } from './chain/members.ts'
import type { MemberId } from './chain/ids.ts'
import { membersOf, type ConsortiumState } from './chain/state.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { NodeNetwork } from './network/node-network.ts'
import type { SharedKeys } from './shared-keys.ts'
import { createHeldKeys, type HeldKeys } from './vault/held-keys.ts'
import type { NextKeys, NodeKeys, OwnKeys } from './vault/institution-keys.ts'

export interface OwnKeysOfNode {
  readonly held: HeldKeys
  /** The chain knows this member by keys that are not here: an old kit or backup, or others replaced them. */
  readonly isReplaced: boolean
  /** What this node is in the network as. */
  identity(): OwnKeys
  /** What this node signs items, records and its hello with. */
  author(): Bytes
  /** The secret of this voter's key at the height under way; null where it is elsewhere. */
  consensusOf(publicKey: Bytes): Bytes | null
  /** To open what was sealed to this node before, at or after a change. */
  gateways(): readonly Bytes[]
  /** Made while the node runs; durable in the vault already. */
  hold(next: NextKeys): void
  /** Members may be others now. */
  consider(): void
  start(network: NodeNetwork | null): void
  close(): Promise<void>
}

export interface OwnKeysOptions {
  readonly crypto: Crypto
  readonly memberId: MemberId
  readonly keys: NodeKeys
  readonly consortium: () => ConsortiumState
  readonly shared: () => SharedKeys
  /** Writes the vault: durable when it resolves true; false where that is not possible before the next opening. */
  readonly saveKeys: (keys: NodeKeys) => Promise<boolean>
  readonly onFailure: (error: unknown) => void
}

/** Whether somebody lets this node in is looked at this often while it holds keys of a change; soon after the start. */
const TRIAL_MS = 8_000
const FIRST_TRIAL_MS = 3_000

export function createOwnKeys(options: OwnKeysOptions): OwnKeysOfNode {
  const { crypto, memberId } = options
  const held = createHeldKeys(crypto, options.keys)
  let network: NodeNetwork | null = null
  /** What this node is in the network as. */
  let identity: OwnKeys = inEffect() ?? held.keys
  let rowSeen = row()
  let settling: Promise<void> = Promise.resolve()
  let isSettling = false
  let isClosed = false
  let trial: ReturnType<typeof setTimeout> | null = null

  function row(): Member | null {
    return findMember(membersOf(options.consortium()), memberId)
  }
  /** Before it is a member a node has the keys of its request. */
  function inEffect(): OwnKeys | null {
    const member = row()
    return member === null ? held.keys : held.setOf(member)
  }

  function become(set: OwnKeys): void {
    if (set === identity || network === null || isClosed) return
    identity = set
    network.takeKeys({ networkSecret: set.network, memberSecret: set.author }).catch((error: unknown) => {
      if (!isClosed) options.onFailure(error)
    })
  }

  function consider(): void {
    if (isClosed) return
    const before = rowSeen
    const now = (rowSeen = row())
    const set = inEffect()
    const isChanged =
      now !== null && (before === null || !equalBytes(before.networkKey, now.networkKey)) && set !== null
    // Not at every look: a node that was away is let in under its newest keys while its own chain still names older ones.
    if (isChanged) become(set)
    if (set !== null && set !== held.keys) settle(set)
  }

  /** M12. The vault first, so that the keys which are over are not needed to read anything that is kept. */
  function settle(set: OwnKeys): void {
    if (isSettling) return
    isSettling = true
    settling = (async () => {
      await options.shared().reseal(set)
      const { consensus, network: networkSecret, author, gateway } = set
      const position = held.keys.next.findIndex((each) => each === set)
      const next = held.keys.next.slice(position + 1)
      const saved = { ...held.keys, consensus, network: networkSecret, author, gateway, next }
      if (!(await options.saveKeys(saved))) return
      held.settle(set)
      if (identity === set) identity = held.keys
      else become(held.keys)
    })()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        isSettling = false
      })
  }

  /**
   * This node was away when its keys changed: the others know the new ones, and its own chain, which it could only learn it
   * from, the old ones. So each set that it holds gets its turn until somebody lets it in.
   */
  function tryNext(): void {
    const sets = held.all()
    const set = inEffect()
    // In effect here already: there is nothing to find out.
    if (network === null || sets.length < 2 || (set !== null && set !== held.keys)) return
    const peers = network.transport.peers()
    const areThere = peers.some(({ problem }) => problem === 'handshake' || problem === 'bad-signature')
    if (!areThere || peers.some(({ state }) => state === 'up')) return
    become(sets[(sets.indexOf(identity) + 1) % sets.length]!)
  }

  function tryIn(ms: number): void {
    trial = setTimeout(() => {
      tryNext()
      tryIn(TRIAL_MS)
    }, ms)
    trial.unref()
  }

  return {
    held,
    get isReplaced() {
      return inEffect() === null
    },
    identity: () => identity,
    author: () => (inEffect() ?? held.keys).author,
    consensusOf: (publicKey) => held.secretOf('consensus', publicKey),
    gateways: () => held.all().map(({ gateway }) => gateway),
    hold(next) {
      held.hold(next)
      consider()
    },
    consider,
    start(opened) {
      network = opened
      consider()
      tryIn(FIRST_TRIAL_MS)
    },
    async close() {
      isClosed = true
      if (trial !== null) clearTimeout(trial)
      await settling
    },
  }
}
