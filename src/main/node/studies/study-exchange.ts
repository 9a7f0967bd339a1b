/**
 * What members tell each other about studies beside the chain (docs/spec/gateways.md section 3): the sealed documents, the attestations of
 * gateways and the answers.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ItemClear, SealedPart } from '../chain/item.ts'
import type { HeldSignature, ResultOutcome, Word } from '../chain/study-items.ts'
import type { FinalItem } from '../final-items.ts'

/** A gateway's signed word on what a study's answer is. */
export interface Attestation extends Word {
  readonly memberId: MemberId
  /** By the gateway's author key in effect, as it stands in the result item (record-format.md section 9). */
  readonly signature: Bytes
}

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
   * Gateway: signs, keeps and tells the other gateways until each has it or the study is closed. The same again changes nothing.
   * @throws {StudyFailure} `attested-otherwise` where this node attested something else for this study
   */
  attest(studyHash: ItemHash, outcome: ResultOutcome, resultHash: Bytes): Promise<void>
  /** Known here of a study that has no result yet, this node's own included; one for each gateway, verified by the keys in effect. */
  attestationsOf(studyHash: ItemHash): readonly Attestation[]
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
   * suspension. One taker only; the next item waits for it, and one for which it throws comes again after the next start.
   */
  onFinal(take: (item: FinalItem) => Promise<void>): void
  onAttestation(take: (attestation: Attestation) => void): void
  /** A gateway's verified word that differs from the final result of its study and came after it: each once while the node runs. */
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
  /** This node said something else of this study before. */
  | { code: 'attested-otherwise' }
  /** Only hospitals with a gateway key attest and contribute. */
  | { code: 'not-a-gateway' }
export class StudyFailure extends Failure<StudyFailureDetail> {}
