/**
 * Who recorded a version of a visit, when, with which software, and under which block and signature, as a Provenance of
 * FHIR R4. The record itself says it too (`envelope`), for readers of ours; this is for everybody else.
 */
import type * as fhir from 'fhir/r4'
import type { Envelope } from '../../../shared/domain/visit.ts'

/** Of the version that is written. */
export interface Recorded {
  readonly envelope: Pick<Envelope, 'recordedAt' | 'recorder' | 'op' | 'reason' | 'supersedes'>
  /** Member id, hex, of the institution that recorded and signed it. */
  readonly facility: string
  /** Name and version of the program that writes the file. */
  readonly software: { readonly name: string; readonly version: string }
  /** Hex: the chain, and the Merkle root by which a block names this version. */
  readonly block: { readonly chainId: string; readonly merkleRoot: string }
  /** The author part of the record (record-format.md 4) in CBOR, as base64: key, signature and the path to the batch that was signed. */
  readonly signature: string
}

/** A block's name: the chain and the Merkle root of the version. */
export const BLOCK_SYSTEM = 'urn:consilium:block'
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem/'
const MEMBER_SYSTEM = 'urn:consilium:member'

export function writeProvenance(
  { envelope, facility, software, block, signature }: Recorded,
  id: string,
  targets: readonly fhir.Reference[],
  recorded: string,
): fhir.Provenance {
  const { recorder, op, reason, supersedes } = envelope
  const hospital: fhir.Reference = { identifier: { system: MEMBER_SYSTEM, value: facility } }
  const blockNamed = (root: string): fhir.Reference => ({
    identifier: { system: BLOCK_SYSTEM, value: `${block.chainId}:${root}` },
  })
  const resource: fhir.Provenance = {
    resourceType: 'Provenance',
    id,
    target: [...targets],
    recorded,
    activity: {
      coding: [{ system: `${TERMINOLOGY}v3-DataOperation`, code: op === 'create' ? 'CREATE' : 'UPDATE' }],
    },
    agent: [
      {
        type: { coding: [{ system: `${TERMINOLOGY}provenance-participant-type`, code: 'author' }] },
        role: [{ text: recorder.role }],
        who: { identifier: { system: 'urn:consilium:user-key', value: recorder.userKeyId } },
        onBehalfOf: hospital,
      },
      {
        type: { coding: [{ system: `${TERMINOLOGY}provenance-participant-type`, code: 'assembler' }] },
        who: {
          identifier: { system: 'urn:consilium:software', value: software.version },
          display: `${software.name} ${software.version}`,
        },
      },
    ],
    entity: [{ role: 'source', what: blockNamed(block.merkleRoot) }],
    signature: [
      {
        type: [
          {
            system: 'urn:iso-astm:E1762-95:2013',
            code: '1.2.840.10065.1.12.1.1',
            display: "Author's Signature",
          },
        ],
        when: recorded,
        who: hospital,
        sigFormat: 'application/cbor',
        data: signature,
      },
    ],
  }
  if (supersedes !== undefined) resource.entity!.push({ role: 'revision', what: blockNamed(supersedes) })
  if (reason !== undefined) {
    const concept: fhir.CodeableConcept = {
      coding: [{ system: 'urn:consilium:change-reason', code: reason.code }],
    }
    if (reason.text !== undefined && reason.text.trim() !== '') concept.text = reason.text
    resource.reason = [concept]
  }
  return resource
}
