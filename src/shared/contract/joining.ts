/** Before an institution has a chain: asking to take part, coming in with an invitation, founding together. */
import { z } from 'zod'
import { openAnswer } from './app.ts'
import { fileRefusal, fingerprint, memberKind, ruleView } from './governance.ts'
import type { Service } from './kit.ts'

const passphrase = z.string().max(1000)
const folder = z.string().min(1)
const address = z.string().max(260)
const refusedFile = z.object({
  kind: z.literal('refused-file'),
  reason: fileRefusal,
  detail: z.string().optional(),
})
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)
/** SHA-256 of what is signed. */
const documentHash = sha256Hex
const cancelled = z.object({ kind: z.literal('cancelled') })
const refusedOpen = openAnswer.options[1]

/** An institution that has keys and no chain yet. */
export const candidateView = z.object({
  folder: z.string(),
  institutionName: z.string(),
  kind: memberKind,
  memberId: z.string(),
  fingerprint,
  addresses: z.array(z.string()),
  createdAt: z.number(),
})
export type CandidateView = z.infer<typeof candidateView>

export const roundView = z.object({
  chainId: z.string(),
  consortiumName: z.string(),
  /** To compare over the telephone, by everybody, before signing. */
  fingerprint,
  /** SHA-256 in hex of what is signed: whoever signs says which document they have looked at. */
  documentHash,
  drafterName: z.string(),
  createdAt: z.number(),
  members: z.array(
    z.object({
      memberId: z.string(),
      name: z.string(),
      kind: memberKind,
      isVoter: z.boolean(),
      isSelf: z.boolean(),
      hasSigned: z.boolean(),
      requestFingerprint: fingerprint,
    }),
  ),
  voters: z.number().int(),
  quorum: z.number().int(),
  faultsTolerated: z.number().int(),
  /** What everybody signs with the document: it holds from the first block on. */
  rules: z.array(ruleView),
  isComplete: z.boolean(),
})
export type RoundView = z.infer<typeof roundView>

export const joining = {
  /** The candidate in a folder, or null. */
  candidate: { input: z.object({ folder }), output: candidateView.nullable() },
  /** Makes the keys in a new folder and the request file beside them. */
  request: {
    input: z.object({
      folder,
      institutionName: z.string().min(1).max(100),
      personName: z.string().min(1).max(100),
      kind: memberKind,
      zone: z.string().min(1).max(64),
      /** Only hospitals vote. */
      wishesVote: z.boolean(),
      /** Where others reach this node, `host:port`. */
      addresses: z.array(address).max(8),
      /** Where it listens, `host:port`; null: it dials and is not dialled. */
      listen: address.nullable(),
      passphrase,
      /** Null asks by a dialog. */
      path: z.string().min(1).nullable(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('requested'), candidate: candidateView, path: z.string() }),
      cancelled,
      refusedOpen,
      refusedFile,
    ]),
  },
  /** Looks at an invitation without joining: which consortium, and the number to compare. */
  openInvitation: {
    input: z.object({ folder, passphrase, path: z.string().min(1).nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('opened'),
        path: z.string(),
        /** SHA-256 in hex of the file: whoever joins says which invitation they have looked at. */
        invitationHash: sha256Hex,
        consortiumName: z.string(),
        chainId: z.string(),
        chainFingerprint: fingerprint,
        inviterName: z.string(),
        expiresAt: z.number(),
        memberCount: z.number().int(),
      }),
      cancelled,
      refusedOpen,
      refusedFile,
    ]),
  },
  /**
   * Comes in; the node starts and fetches the chain. The file is read anew, and another one than was looked at is refused
   * (`changed`): its number was compared with nobody.
   */
  join: {
    input: z.object({ folder, passphrase, path: z.string().min(1), invitationHash: sha256Hex }),
    output: z.discriminatedUnion('kind', [openAnswer.options[0], refusedOpen, refusedFile]),
  },
  /** The rules that a founding may set, with their usual values and bounds. */
  rules: { input: z.object({}), output: z.array(ruleView) },
  /** Draws the founding document up from everybody's request files; this candidate drafts. */
  draftFounding: {
    input: z.object({
      folder,
      passphrase,
      consortiumName: z.string().min(1).max(100),
      /** Request files of the others; empty asks by a dialog. */
      paths: z.array(z.string().min(1)).max(100),
      /** Member ids of those who vote from the first block on; null: every hospital that wishes to. */
      voters: z.array(z.string()).nullable(),
      allowFewVoters: z.boolean(),
      /** Rules that are not to have their usual value. */
      rules: z.record(z.string().max(64), z.number().int()).optional(),
      savePath: z.string().min(1).nullable(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('drafted'), path: z.string(), round: roundView }),
      cancelled,
      refusedOpen,
      refusedFile,
      z.object({
        kind: z.literal('refused-founding'),
        reason: z.enum([
          'too-few',
          'not-to-take-part',
          'same-institution',
          'drafter-missing',
          'drafter-not-a-hospital',
          'voter-count',
          'unusable-key',
          'rule-unknown',
          'rule-out-of-bounds',
        ]),
        voterCount: z.number().int().nullable(),
      }),
    ]),
  },
  /** Shows a founding file; several files of one round are merged. */
  openFounding: {
    input: z.object({ folder, paths: z.array(z.string().min(1)).max(100) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('opened'), paths: z.array(z.string()), round: roundView }),
      cancelled,
      refusedFile,
    ]),
  },
  /**
   * Signs the document and writes the file with all signatures so far over the first one. The files are read anew, and
   * another document than the one that was looked at is refused (`changed`).
   */
  signFounding: {
    input: z.object({
      folder,
      passphrase,
      paths: z.array(z.string().min(1)).min(1).max(100),
      documentHash,
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('signed'), path: z.string(), round: roundView }),
      refusedOpen,
      refusedFile,
    ]),
  },
  /** Starts the node of the document that was looked at (else `changed`), once everybody has signed. */
  startFounded: {
    input: z.object({
      folder,
      passphrase,
      paths: z.array(z.string().min(1)).min(1).max(100),
      documentHash,
    }),
    output: z.discriminatedUnion('kind', [
      openAnswer.options[0],
      z.object({ kind: z.literal('waiting'), missing: z.array(z.string()) }),
      refusedOpen,
      refusedFile,
    ]),
  },
  /** Makes this computer a work place of the node at `address`, and opens it: locked, as nobody has unlocked yet. */
  pairWorkPlace: {
    input: z.object({ folder, address: z.string().trim().max(260), code: z.string().max(60) }),
    output: openAnswer,
  },
} satisfies Service
