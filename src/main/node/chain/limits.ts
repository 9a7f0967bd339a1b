/** Every bound on size, count and time that the format fixes. Changing one is a new profile. */

/** Plaintext bytes of each size class. */
export const CLASS_BYTES = [1_024, 4_096, 16_384, 65_536, 262_144] as const
/** Leaves of the Merkle tree of each size class. */
export const CLASS_LEAVES = [16, 64, 256, 1_024, 4_096] as const
export type SizeClass = 0 | 1 | 2 | 3 | 4
/** A body is longer than its plaintext by the nonce and the tag. */
export const BODY_OVERHEAD_BYTES = 12 + 16

export const NUMBER_TEXT_MAX = 30
export const BATCH_RECORDS_MAX = 4_096
/** Longer than any author's statement in a body: 12 path nodes, certificate, role text of 64 characters. */
export const AUTHOR_BYTES_MAX = 900
export const ROLE_TEXT_MAX = 64

export const NAME_TEXT_MAX = 200
export const POLICY_NAME_MAX = 64
export const POLICY_ENTRIES_MAX = 256
export const MEMBERS_MAX = 1_024

export const ITEM_BYTES_MAX = 65_536
export const ITEM_SEALED_STEP_BYTES = 1_024
export const SEGMENT_ITEMS_MAX = 256
/** Beyond every policy, so that no segment can exhaust a node. */
export const SEGMENT_VISITS_MAX = 65_536
export const ATTESTATIONS_MAX = 1_024
/** Characters of the name of an engine. */
export const ENGINE_TEXT_MAX = 128
/** Studies that were charged and have no result yet: of all, and of one author, so that nobody takes all places. */
export const OPEN_STUDIES_MAX = 4_096
export const AUTHOR_OPEN_STUDIES_MAX = 32
/** Checks of one open study. */
export const CHECKS_MAX = 64
/** Studies of the last 365 days whose sums the ledger keeps: of all, and of one member. */
export const LEDGER_STUDIES_MAX = 4_096
export const MEMBER_STUDIES_MAX = 256
/** Days on which a member was charged, within the last 365, over all members. */
export const LEDGER_ROWS_MAX = 32_768
/**
 * Erasures that hospitals agree to on one day: each has all gateways say anew what they say of open studies. Every hospital has its part, so that
 * many of them together have no more, and a few where there are very many hospitals.
 */
export const ERASURES_PER_DAY_MAX = 100
export const HOSPITAL_ERASURES_LEAST = 4
/** Decisions that wait to take effect. */
export const PENDING_MAX = 1_024
export const SNAPSHOTS_MAX = 4_096

/** Height at which a decision takes effect: that of the segment that holds it, plus this. */
export const EFFECT_DELAY_HEIGHTS = 2

/** A fresh proposal is judged within these bounds around the local clock. */
export const FRESH_BEHIND_MS = 60_000
export const FRESH_AHEAD_MS = 5_000

export const DAY_MS = 86_400_000
export const LEDGER_WINDOW_DAYS = 365
