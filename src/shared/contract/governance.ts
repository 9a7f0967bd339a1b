/** The consortium as its members run it: who is in, who is reachable, what is being decided, and what needs a person. */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const memberKind = z.enum(['hospital', 'university', 'insurer'])
export type MemberKindName = z.infer<typeof memberKind>

/** Voters and what they can bear: the numbers of a sentence. */
export const strength = z.object({
  voters: z.number().int(),
  quorum: z.number().int(),
  faultsTolerated: z.number().int(),
  /** Connected, and they sign. */
  reachable: z.number().int(),
  /** Connected, and they do not sign now. */
  silent: z.number().int(),
  /** How many more may become unreachable before visits wait; negative when they wait already. */
  spare: z.number().int(),
})
export type StrengthView = z.infer<typeof strength>

export const arithmetic = z.object({
  before: strength,
  after: strength,
  seatsChanged: z.number().int(),
  seatsAllowed: z.number().int().nullable(),
})
export type ArithmeticView = z.infer<typeof arithmetic>

export const planRefusal = z.enum([
  'unknown-member',
  'already-a-member',
  'key-in-use',
  'not-a-hospital',
  'has-a-vote',
  'has-no-vote',
  'same-keys',
  'not-suspended',
  'last-voter',
  'voter-count',
  'too-many-seats',
  'would-stop',
  'policy-unknown',
  'policy-out-of-bounds',
  'policy-unchanged',
  'height-too-early',
  'rotation-under-way',
  'not-ready',
  'contradiction',
])
export type PlanRefusalCode = z.infer<typeof planRefusal>

export const proofVerdict = z.enum([
  'holds',
  'malformed',
  'other-member',
  'forged',
  'ahead-of-us',
  'other-chain',
  'incomplete',
  'too-old',
])

const memberId = z.string().regex(/^[0-9a-f]{32}$/)
const proposalId = z.string().regex(/^[0-9a-f]{64}$/)
const passphrase = z.string().max(1000)
/** Five groups of five digits, as they are read over the telephone. */
export const fingerprint = z.string().regex(/^\d{5}( \d{5}){4}$/)

/** A wish. A request file that was opened is named by its fingerprint, so that what was compared is what is proposed. */
export const plan = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('admit'), fingerprint }),
  z.object({ kind: z.literal('give-vote'), memberIds: z.array(memberId).min(1).max(30) }),
  z.object({ kind: z.literal('take-vote'), memberId, successor: memberId.nullable() }),
  z.object({ kind: z.literal('remove'), memberId, successor: memberId.nullable() }),
  z.object({ kind: z.literal('new-keys'), fingerprint }),
  z.object({ kind: z.literal('lift-suspension'), memberId }),
  z.object({ kind: z.literal('policy'), name: z.string().min(1).max(64), value: z.number().int() }),
  /** So many heights after the one that is being decided. */
  z.object({ kind: z.literal('network'), afterHeights: z.number().int().min(1).max(1_000_000) }),
  z.object({ kind: z.literal('protocol'), afterHeights: z.number().int().min(1).max(1_000_000) }),
])
export type PlanInput = z.infer<typeof plan>

/** A decision as people read it. */
export const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), memberName: z.string(), memberKind, memberId: z.string() }),
  z.object({ kind: z.literal('remove'), memberName: z.string(), memberId: z.string() }),
  z.object({ kind: z.literal('give-vote'), memberName: z.string(), memberId: z.string() }),
  z.object({ kind: z.literal('take-vote'), memberName: z.string(), memberId: z.string() }),
  z.object({ kind: z.literal('new-keys'), memberName: z.string(), memberId: z.string() }),
  z.object({ kind: z.literal('lift-suspension'), memberName: z.string(), memberId: z.string() }),
  z.object({
    kind: z.literal('policy'),
    name: z.string(),
    value: z.number().int(),
    before: z.number().int().nullable(),
  }),
  z.object({
    kind: z.enum(['network', 'protocol']),
    number: z.number().int(),
    height: z.number().int().nullable(),
  }),
])
export type ChangeView = z.infer<typeof change>

const keyFingerprints = z.object({
  root: z.string(),
  consensus: z.string(),
  author: z.string(),
  network: z.string(),
  custodian: z.string(),
  gateway: z.string().nullable(),
})

export const memberView = z.object({
  memberId: z.string(),
  name: z.string(),
  kind: memberKind,
  isVoter: z.boolean(),
  isSelf: z.boolean(),
  /** The height from which this entry is in effect; 0 from the founding. */
  sinceHeight: z.number().int(),
  /** Named in the chain; it keeps its vote until a decision takes it. */
  suspension: z.object({ height: z.number().int(), reason: z.string() }).nullable(),
  /** Beginnings of hashes of the public keys, hex. */
  keys: keyFingerprints,
  connection: z.object({
    state: z.enum(['self', 'up', 'away', 'left-out', 'no-network']),
    /** Code of the transport, e.g. `unreachable`. */
    problem: z.string().nullable(),
    rttMs: z.number().nullable(),
    direction: z.enum(['inbound', 'outbound']).nullable(),
    height: z.number().int().nullable(),
    /** Heights that it is behind us, as far as it has said. */
    lag: z.number().int().nullable(),
    /** The newest protocol that its program speaks; null while it is not reachable. */
    newestProtocol: z.number().int().nullable(),
    /** After a restart of its machine it votes again `alone`, or when a `person` has typed a passphrase; null: not said. */
    restart: z.enum(['alone', 'person']).nullable(),
    /** Whether it signs votes, or why not, as it says itself; null: not said, or not connected. */
    signing: z
      .enum([
        'signs',
        'observing',
        'keys-replaced',
        'disk-full',
        'clock-wrong',
        'halted',
        'outdated',
        'catching-up',
      ])
      .nullable(),
    addresses: z.array(z.string()),
  }),
  proof: z.object({ verdict: proofVerdict, height: z.number().int(), createdAt: z.number() }).nullable(),
  invitation: z.object({ expiresAt: z.number(), isUsed: z.boolean(), isExpired: z.boolean() }).nullable(),
})
export type MemberView = z.infer<typeof memberView>

/** A rule of the consortium, as the room Rules has it. */
export const ruleView = z.object({
  name: z.string(),
  value: z.number().int(),
  /** What it is where nobody says otherwise. This and the bounds are null for a name that this version does not know. */
  standard: z.number().int().nullable(),
  bounds: z.object({ least: z.number(), greatest: z.number() }).nullable(),
})
export type RuleView = z.infer<typeof ruleView>

export const consensusView = z.object({
  /** The height that is being decided, or would be next. */
  height: z.number().int(),
  round: z.number().int(),
  phase: z.enum(['idle', 'propose', 'prevote', 'precommit', 'decided']),
  proposerName: z.string().nullable(),
  voters: z.array(
    z.object({
      memberId: z.string(),
      name: z.string(),
      hasPrevoted: z.boolean(),
      hasPrecommitted: z.boolean(),
      isReachable: z.boolean(),
      /** Connected, and as it says itself it does not sign now. */
      isObserving: z.boolean(),
    }),
  ),
  /** Whether this node signs, observes until it is safe to, or has no vote. */
  standing: z.enum(['voting', 'observing', 'no-vote']),
  observingReason: z.string().nullable(),
  /** It waits for a person to say that no other machine runs with these keys. */
  needsConfirmation: z.boolean(),
})
export type ConsensusView = z.infer<typeof consensusView>

export const alertView = z.object({
  alertId: z.string(),
  kind: z.enum([
    'below-quorum',
    'no-spare',
    'no-decision',
    'member-away',
    'member-silent',
    'member-behind',
    'evidence',
    'named',
    'offence',
    'forged-record',
    /** This hospital's own gateway found something else than the others; `amount` studies of late, `detail` the newest. */
    'gateway-deviates',
    'other-chain',
    'clock',
    'disk',
    'halted',
    'observing',
    'proposal-waits',
    'invitation-expires',
    'version-ahead',
    'outdated',
    'keys-replaced',
    'keys-refused',
    'keys-old',
    'keys-elsewhere',
    'network-key-refused',
    'network-key-unreached',
    'glass-broken',
    'glass-overdue',
    'bulk-opening',
    // Of a person of this institution.
    'house-opening',
    'exported-all',
    'recovery-asked',
    'repaired',
    'reindexed',
    'beyond-repair',
  ]),
  tone: z.enum(['bad', 'warn', 'plain']),
  /** Milliseconds since 1970; null for what is simply so now. */
  at: z.number().nullable(),
  memberName: z.string().nullable(),
  /** Where something is to be decided about that member. */
  memberId: z.string().optional(),
  /** Heights, seconds, bytes: what the sentence needs. */
  amount: z.number().nullable(),
  detail: z.string().nullable(),
})
export type AlertView = z.infer<typeof alertView>

/**
 * Two certificates for one height (R33): the node signs and writes nothing while they lie here. Empty lists where the
 * other certificate could not be fetched; no height where only the mark of it is left.
 */
export const contradictionView = z.object({
  height: z.number().int().nullable(),
  foundAt: z.number().nullable(),
  /** Then each who signed both contradicts itself; else some of them do, and others followed them. */
  isSameRound: z.boolean(),
  /** This node's own first. */
  decisions: z.array(
    z.object({
      segmentId: z.string(),
      round: z.number().int(),
      visitCount: z.number().int(),
      time: z.number(),
      signers: z.array(z.string()),
    }),
  ),
  signedBoth: z.array(z.string()),
})
export type ContradictionView = z.infer<typeof contradictionView>

/** This institution's own keys. */
export const ownKeysView = z.object({
  /** Milliseconds since 1970, of the chain, from which they are in effect; null before it is a member. */
  sinceTime: z.number().nullable(),
  /** When the newest keys were made that wait for a decision or its effect; null where none do. */
  madeAt: z.number().nullable(),
  /** The height from which decided ones count; null where nothing is decided. */
  effectHeight: z.number().int().nullable(),
  /** The chain knows this institution by keys that are not on this machine. */
  isReplaced: z.boolean(),
  /** Members answer and none lets this machine in. */
  isRefused: z.boolean(),
})
export type OwnKeysView = z.infer<typeof ownKeysView>

export const overview = z.object({
  consortiumName: z.string(),
  chainId: z.string(),
  /** To read to a newcomer over the telephone. */
  chainFingerprint: fingerprint,
  height: z.number().int(),
  epoch: z.number().int(),
  protocolVersion: z.number().int(),
  /** The newest protocol that this program speaks. */
  newestProtocol: z.number().int(),
  networkGeneration: z.number().int(),
  strength,
  members: z.array(memberView),
  /** Where this node listens; empty when it does not. */
  ownAddresses: z.array(z.string()),
  ownKeys: ownKeysView,
  /** A member has called at one of its addresses, once: it can be reached from outside. */
  isReachedByPeer: z.boolean(),
  /** As it was set; another setting takes effect when the folder is opened again. Null: it talks to nobody. */
  listening: z.object({ listen: z.string().nullable(), announce: z.array(z.string()) }).nullable(),
  /** Null while no node runs. */
  consensus: consensusView.nullable(),
  policy: z.array(ruleView),
  pending: z.array(z.object({ effectHeight: z.number().int(), change })),
  alerts: z.array(alertView),
  contradiction: contradictionView.nullable(),
})
export type Overview = z.infer<typeof overview>

export const proposalView = z.object({
  proposalId: z.string(),
  standing: z.enum([
    'open',
    'approved',
    'rejected',
    'withdrawn',
    'expired',
    'overtaken',
    'author-changed',
    'decided',
  ]),
  authorName: z.string(),
  isOwn: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
  note: z.string(),
  changes: z.array(change),
  approvals: z.array(z.object({ memberId: z.string(), name: z.string() })),
  rejections: z.array(z.object({ memberId: z.string(), name: z.string() })),
  /** Voters who have said nothing yet. */
  silent: z.array(z.object({ memberId: z.string(), name: z.string() })),
  quorum: z.number().int(),
  hasOwnApproval: z.boolean(),
  hasOwnRejection: z.boolean(),
  mayApprove: z.boolean(),
  /** Why it cannot be approved now, with the numbers; null where it can. */
  refusal: planRefusal.or(z.enum(['proof-missing', 'proof-does-not-hold'])).nullable(),
  arithmetic: arithmetic.nullable(),
  proofs: z.array(z.object({ memberName: z.string(), verdict: proofVerdict, height: z.number().int() })),
  decidedHeight: z.number().int().nullable(),
  /** The height from which what was decided counts; null before, and where the decision names its own. */
  effectHeight: z.number().int().nullable(),
})
export type ProposalView = z.infer<typeof proposalView>

export const requestView = z.object({
  purpose: z.enum(['take-part', 'new-keys']),
  name: z.string(),
  kind: memberKind,
  memberId: z.string(),
  wishesVote: z.boolean(),
  addresses: z.array(z.string()),
  createdAt: z.number(),
  fingerprint,
  isMember: z.boolean(),
})
export type RequestView = z.infer<typeof requestView>

export const fileRefusal = z.enum([
  'not-ours',
  'other-kind',
  'newer',
  'damaged',
  'malformed',
  'forged',
  'other-keys',
  'other-document',
  'changed',
  'other-institution',
  'expired',
  'other-chain',
  'no-address',
  'unknown-author',
  'unreadable',
  'not-writable',
])
export type FileRefusalCode = z.infer<typeof fileRefusal>

const refusedFile = z.object({
  kind: z.literal('refused-file'),
  reason: fileRefusal,
  /** What else is known, e.g. the kind of file that it is, or the time at which it expired. */
  detail: z.string().optional(),
})
const cancelled = z.object({ kind: z.literal('cancelled') })
const refusedPlan = z.object({
  kind: z.literal('refused'),
  reason: planRefusal.or(
    z.enum([
      'request-not-open',
      'proposal-open',
      'proposal-over',
      'no-vote',
      'not-the-author',
      'proof-missing',
      'proof-does-not-hold',
      'not-a-member-yet',
      'no-address',
      /** Where to listen is set, and takes effect when the folder is opened again. */
      'not-listening-yet',
      'unusable-key',
      'too-many-items',
    ]),
  ),
  arithmetic: arithmetic.nullable(),
})
const wrongPassphrase = z.object({ kind: z.literal('wrong-passphrase'), waitSeconds: z.number().nullable() })
const pathOrDialog = z.object({ path: z.string().min(1).optional() })

export const governance = {
  overview: { input: z.void(), output: overview },
  proposals: { input: z.void(), output: z.array(proposalView) },
  /** What a wish would mean, before anybody is asked: the arithmetic, or why not. */
  weigh: {
    input: plan,
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('possible'),
        arithmetic,
        effectHeight: z.number().int(),
        changes: z.array(change),
      }),
      refusedPlan,
    ]),
  },
  /** With the passphrase this institution approves at once; alone, that decides. */
  propose: {
    input: z.object({ plan, note: z.string().max(1000), passphrase: passphrase.nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('proposed'), proposal: proposalView }),
      refusedPlan,
      wrongPassphrase,
    ]),
  },
  approve: {
    input: z.object({ proposalId, passphrase }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('approved'), proposal: proposalView }),
      refusedPlan,
      wrongPassphrase,
    ]),
  },
  reject: {
    input: z.object({ proposalId }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('rejected'), proposal: proposalView }),
      refusedPlan,
    ]),
  },
  withdraw: {
    input: z.object({ proposalId }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('withdrawn'), proposal: proposalView }),
      refusedPlan,
    ]),
  },
  /**
   * Makes other keys for this institution's own node and asks for them. `planned`: proposes them, and approves with the
   * passphrase. `stolen`: saves a signed request that another member proposes, since the keys which are in effect are
   * somebody else's too.
   */
  changeKeys: {
    input: pathOrDialog.extend({
      because: z.enum(['planned', 'stolen']),
      note: z.string().max(1000),
      passphrase,
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('proposed'), proposal: proposalView }),
      z.object({ kind: z.literal('saved'), path: z.string(), fingerprint }),
      cancelled,
      refusedPlan,
      refusedFile,
      wrongPassphrase,
    ]),
  },
  /** A proposal as a file, for members that are not reachable. */
  saveProposal: {
    input: pathOrDialog.extend({ proposalId }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('saved'), path: z.string() }),
      cancelled,
      refusedPlan,
      refusedFile,
    ]),
  },
  /** Takes a proposal or a copy with more approvals. */
  openProposal: {
    input: pathOrDialog,
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('opened'), proposal: proposalView, isNews: z.boolean() }),
      cancelled,
      refusedFile,
    ]),
  },
  /** Opens somebody's request file and remembers it until the application ends. */
  openRequest: {
    input: pathOrDialog,
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('opened'), request: requestView }),
      cancelled,
      refusedFile,
    ]),
  },
  /** For a member that is on the list: sealed to it, 72 hours. */
  invite: {
    input: pathOrDialog.extend({ memberId, passphrase }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('invited'),
        path: z.string(),
        expiresAt: z.number(),
        chainFingerprint: fingerprint,
      }),
      cancelled,
      refusedPlan,
      refusedFile,
      wrongPassphrase,
    ]),
  },
  /** This institution's proof that it holds the chain and the keys of its records. */
  saveProof: {
    input: pathOrDialog,
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('saved'),
        path: z.string(),
        height: z.number().int(),
        isComplete: z.boolean(),
      }),
      cancelled,
      refusedFile,
    ]),
  },
  openProof: {
    input: pathOrDialog,
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('opened'),
        memberName: z.string(),
        memberId: z.string(),
        verdict: proofVerdict,
      }),
      cancelled,
      refusedFile,
    ]),
  },
  /** Both certificates with their segments and the voters' keys: to the other members, and to whoever decides. */
  saveContradiction: {
    input: pathOrDialog,
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('saved'), path: z.string() }),
      z.object({ kind: z.literal('none') }),
      cancelled,
      refusedFile,
    ]),
  },
  /** Where this node listens (null: it dials and is not dialled) and where others reach it. */
  saveListening: {
    input: z.object({
      listen: z.string().max(260).nullable(),
      announce: z.array(z.string().max(260)).max(8),
    }),
    output: z.object({ isSaved: z.boolean() }),
  },
  /** A person says that no other machine runs with these keys: a restored node may vote when it is safe. */
  confirmVoting: { input: z.object({ passphrase }), output: z.object({ isConfirmed: z.boolean() }) },
} satisfies Service

export const governanceEvents = {
  /** Members, connections, proposals or alerts are others than they were. */
  changed: z.object({ at: z.number() }),
  /** A proposal that nobody here knew came over the network. */
  proposalArrived: z.object({
    proposalId: z.string(),
    authorName: z.string(),
    /** This institution votes and has not answered yet. */
    awaitsAnswer: z.boolean(),
  }),
} satisfies EventMap
