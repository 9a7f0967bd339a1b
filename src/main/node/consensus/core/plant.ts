/**
 * Deliberate bugs, so that the simulator can prove that it would notice them. They live in the code they break, behind a
 * name. No product code passes one: only `createPlantedEngine` takes a plant, and only `sim/` may import that
 * (`planted.test.ts` looks).
 */
export const PLANTS = [
  /** floor(2n/3) votes are taken for a quorum. */
  'quorum-too-small',
  /** A locked validator prevotes for any valid proposal. */
  'lock-ignored',
  /** A lock is given up for a proof of an older round. */
  'unlock-by-older-proof',
  /** A re-proposal is believed without the prevotes that justify it. */
  'proof-not-asked',
  /** Votes leave before the log is durable. */
  'log-not-synced',
  /** After a restart nothing is read from the log. */
  'log-not-read',
  /** The log keeps a lock without the prevotes that justify it. */
  'lock-without-proof',
  /** The log keeps votes and forgets the lock. */
  'lock-not-logged',
  /** Certificates are taken without checking their signatures. */
  'certificate-unchecked',
  /** A certificate may name a signer twice. */
  'signer-counted-twice',
  /** Votes are taken without checking their signatures. */
  'vote-unchecked',
  /** A validator prevotes before it holds the bodies. */
  'bodies-not-awaited',
  /** A precommit leaves before the bodies are on disk. */
  'bodies-not-durable',
  /** Only the first vote of a seat counts. */
  'first-vote-only',
  /** What a peer lacks is not sent again. */
  'nothing-sent-again',
  /** A vote of another height counts. */
  'height-not-checked',
  /** Nil quorums do not end a round, and its timer is not armed. */
  'round-never-ends',
  /** The birth time of a fresh proposal is not judged. */
  'time-not-judged',
  /** Every proposal that its proposer has signed is kept, and messages wait without bound. */
  'everything-kept',
  /** After damage to its log a node goes on signing. */
  'unsafe-start',
  /** After a start a node signs without having heard where the others are. */
  'meeting-skipped',
  /** Where nothing is decided without it, a node that forgot what it signed begins again at the round of the others. */
  'first-round-forgotten',
  /** Evidence holds one of the two votes twice, so the chain never takes it. */
  'evidence-of-one-vote',
  /** A vote under the key that its voter had before counts. */
  'old-key-counts',
  /** A decision that gives a member another key does not reach the table. */
  'replacement-ignored',
  /** The chain takes accusations without checking the votes' signatures. */
  'accusation-unchecked',
  /** The limits of the privacy ledger are not asked. */
  'caps-unchecked',
  /** An open study forgets its commitment, so that whoever asks again is charged again. */
  'commitments-forgotten',
  /** A refusal that came before enough approvals is forgotten, so that they count. */
  'refusals-forgotten',
  /** A study stays open after its result, so that it gets another one. */
  'results-forgotten',
  /** Signatures under results are not checked. */
  'attestations-unchecked',
  /** A member that is no gateway attests. */
  'strangers-attest',
  /** A word holds that any gateway has signed, also where it is another's. */
  'words-of-anybody',
  /** Whoever asked a study may check it. */
  'own-checks-count',
  /** Who checked a study is forgotten, so that one hospital checks it twice. */
  'checkers-forgotten',
  /** A study that is over stays open. */
  'days-forgotten',
  /** That an erasure was agreed to is forgotten, so that words count that were found before it. */
  'erasures-forgotten',
] as const

export type Plant = (typeof PLANTS)[number]
