/**
 * What members tell each other about studies beside the chain (docs/spec/gateways.md section 3): the sealed documents, the attestations of
 * gateways and the answers.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ItemClear, SealedPart } from '../chain/item.ts'
import type { Attested, HeldSignature, Word } from '../chain/study-items.ts'
import type { FinalItem } from '../final-items.ts'

/** A gateway's signed word on what a study's answer is. */
export interface Attestation extends Word, Attested {
  /** The engine that it was found with. */
  readonly engine: string
  /** Of the last segment with an erasure whose erasures were looked at when it was found. */
  readonly erasureHeight: number
  readonly memberId: MemberId
  /** By the gateway's author key in effect, as it stands in the result item (record-format.md section 9). */
  readonly signature: Bytes
}

/** By what a word was found, and after which erasure. */
export type Found = Pick<Attestation, 'engine' | 'erasureHeight'>

export interface StudyExchange {
  /**
   * Requester: seals the document to every gateway and to itself, keeps it and hands it to each gateway within reach; the others
   * get it when they come. `document` is that of docs/spec/gateways.md section 2.
   * @returns the commitment for the study item, and the signatures of those that have it by now, which the item carries
   * @throws {StudyFailure} `document-malformed`, `too-long`, `too-many-waiting`; {StorageFailure}
   */
  send(document: Bytes): Promise<{ readonly commitment: Bytes; readonly held: readonly HeldSignature[] }>
  /** Which gateways acknowledged that they hold it, sorted by id. */
  heldBy(commitment: Bytes): Promise<readonly HeldSignature[]>
  /**
   * The opened document; its commitment was held against it. From this node's own store first, then from other gateways and the
   * author. Null where nobody within reach has it, or this node is neither a gateway nor its author.
   * @param studyHash of the study with this commitment: what was published for everybody is given to any member
   */
  documentOf(commitment: Bytes, studyHash?: ItemHash): Promise<Bytes | null>
  /** As `documentOf`, from this node's own store alone: nobody is asked. */
  documentHere(commitment: Bytes): Promise<Bytes | null>
  /**
   * Gateway: signs, keeps and tells the other gateways until each has it, also beside a result that is there by then. The same again changes nothing; what
   * another engine finds takes the place of what was said before, and so does what is said after one more erasure. What was found before the last one
   * counts no more, and is not said.
   * @throws {StudyFailure} `attested-otherwise` where this node attested something else for this study with this engine after this erasure
   */
  attest(word: Word & Found): Promise<void>
  /**
   * Known here of a study that has no result yet, this node's own included; one for each gateway, verified by the keys in effect, and found
   * after the last erasure.
   */
  attestationsOf(studyHash: ItemHash): readonly Attestation[]
  /**
   * What gateways said of a study beside its result: the same, but later, or another thing; one for each gateway that is not among the attesters, verified,
   * and found after the same erasure. Empty without a result.
   * @param from `here`: what this node was told; `all`: members within reach are asked first, gateways or not, for two seconds at most
   */
  attestationsBeside(studyHash: ItemHash, from: 'here' | 'all'): Promise<readonly Attestation[]>
  /** The other gateways that can be asked now. */
  reachableGateways(): readonly MemberId[]
  /**
   * The bytes whose hash the final result item names; from this node's own store, else asked of gateways. Null where nobody within
   * reach has them, or they are not for this member.
   */
  answerOf(studyHash: ItemHash): Promise<Bytes | null>
  /** As `answerOf`, from this node's own store alone: nobody is asked. */
  answerHere(studyHash: ItemHash): Promise<Bytes | null>
  /** Gateway: what it computed, so that it can be given once the result is final. At most 1 MiB. */
  keepAnswer(studyHash: ItemHash, answer: Bytes): Promise<void>
  /**
   * Items in order, at least once, also after a restart: kinds study, result, check, review, registration, snapshot,
   * suspension, erasure. One taker only; the next item waits for it, and one for which it throws comes again after the next start.
   */
  onFinal(take: (item: FinalItem) => Promise<void>): void
  /** Every item up to this height was taken by whoever `onFinal` tells, and what hospitals said in it is known here; 0 before it is asked for. */
  toldUpTo(): number
  onAttestation(take: (attestation: Attestation) => void): void
  /** A gateway's verified word on a study that has a result, which is not in it (`attestationsBeside`). */
  onLateWord(take: (attestation: Attestation) => void): void
  /**
   * Signs an item as this member and submits it; resolves when it is durable here, not when it is final. A study whose commitment
   * this member submitted before is not submitted again: the answer is the earlier item.
   * @param seal makes the sealed part for the sequence that the item gets
   * @throws {ItemFailure} with the reason for which it can never stand, e.g. `item-budget-year`
   */
  submit(clear: ItemClear, seal?: (sequence: number) => SealedPart): Promise<{ readonly itemHash: ItemHash }>
}

export type StudyFailureDetail =
  /** Not the form of docs/spec/gateways.md section 2. */
  | { code: 'document-malformed' }
  /** A document or an answer beyond its bound. */
  | { code: 'too-long'; byteCount: number; byteCountMax: number }
  /** So many of this member's documents belong to no final study yet. */
  | { code: 'too-many-waiting' }
  /** This node said something else of this study before, with the same engine. */
  | { code: 'attested-otherwise' }
  /** Only hospitals with a gateway key attest and contribute. */
  | { code: 'not-a-gateway' }
export class StudyFailure extends Failure<StudyFailureDetail> {}
