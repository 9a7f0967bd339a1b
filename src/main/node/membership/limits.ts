/** Bounds of what institutions hand each other in files (docs/spec/membership.md). */
import { DAY_MS } from '../chain/limits.ts'

export const ADDRESSES_MAX = 8
/** An invitation that lies about for longer is made anew. */
export const INVITATION_VALID_MS = 3 * DAY_MS
/** A proposal that nobody completed in this time is made anew. */
export const PROPOSAL_VALID_MS = 14 * DAY_MS
/** Heights that a busy chain may go on while people decide. */
export const PROPOSAL_VALID_HEIGHTS = 10_000_000
/**
 * A proposal's items are numbered this far ahead, so that what its author's node submits by itself while people think (evidence,
 * keys of a new epoch) has numbers below and overtakes nothing.
 */
export const SEQUENCES_LEFT_FREE = 1_048_576
/** Decisions of one proposal: from one voter to seven is six gifts of the vote. */
export const PROPOSAL_DECISIONS_MAX = 32
export const NOTE_TEXT_MAX = 1_000
/**
 * What travels between members as one message. The longest that an honest member makes gives the vote to thirty hospitals and
 * is approved by thirty: well below half of this.
 */
export const PROPOSAL_BYTES_MAX = 262_144
/** Open proposals of one author that are held for it; an honest one has a single one at a time. */
export const OPEN_PER_AUTHOR_MAX = 4
/** A proposal that comes over the network and was drawn up later than this from now is let be. */
export const PROPOSAL_AHEAD_MAX_MS = 600_000
/** A proof of sync says what a node held at some time; after this it says too little. */
export const PROOF_VALID_MS = 3 * DAY_MS
/** An activation is announced at least this many heights ahead of the one that decides it. */
export const ACTIVATION_LEAD_HEIGHTS = 2
export const FILE_BYTES_MAX = 4_194_304
