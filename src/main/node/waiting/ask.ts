/** Asking one member for bodies and rows (docs/spec/network.md sections 7 and 8). */
import { toHex } from '../../../shared/std/bytes.ts'
import type { MemberId, MerkleRoot } from '../chain/ids.ts'
import type { KeyRow } from '../chain/key-box.ts'
import {
  decodeBodyAnswer,
  encodeBodyRequest,
  ROOTS_PER_REQUEST_MAX,
  type TravellingVisit,
} from '../network/protocols/bodies.ts'
import { decodeRowsAnswer, encodeKeyBoxRequest } from '../network/protocols/key-box.ts'
import { NetworkFailure, peerName, type Transport } from '../network/transport.ts'

/** Nothing comes where the member is away, slow, or has not what was asked for. */
export interface Asker {
  bodies(peer: MemberId, roots: readonly MerkleRoot[], signal?: AbortSignal): Promise<TravellingVisit[]>
  rows(peer: MemberId, roots: readonly MerkleRoot[], signal?: AbortSignal): Promise<KeyRow[]>
}

export const nobody: Asker = { bodies: async () => [], rows: async () => [] }

const ASK_MS = 3_000

export function createAsker(transport: Transport): Asker {
  return {
    async bodies(peer, roots, signal) {
      const visits: TravellingVisit[] = []
      let rest = roots
      // An answer has a bound, so the rest is asked for again while that brings something.
      while (rest.length > 0) {
        const answer = await ask(
          peer,
          'body',
          encodeBodyRequest({ kind: 'bodies', roots: rest.slice(0, ROOTS_PER_REQUEST_MAX) }),
          signal,
        )
        const came = answer === null ? [] : decodeBodyAnswer(answer)
        if (came === null) transport.penalise(peerName(peer), 'violation')
        if (came === null || came.length === 0) break
        visits.push(...came)
        const names = new Set(came.map(({ merkleRoot }) => toHex(merkleRoot)))
        const left = rest.filter((root) => !names.has(toHex(root)))
        // It answers with what nobody asked for.
        if (left.length === rest.length) break
        rest = left
      }
      return visits
    },
    async rows(peer, roots, signal) {
      const rows: KeyRow[] = []
      for (let at = 0; at < roots.length; at += ROOTS_PER_REQUEST_MAX) {
        const request = {
          kind: 'rows',
          scope: 'gateway',
          roots: roots.slice(at, at + ROOTS_PER_REQUEST_MAX),
        } as const
        const answer = await ask(peer, 'keybox', encodeKeyBoxRequest(request), signal)
        const came = answer === null ? [] : decodeRowsAnswer(answer)
        if (came === null) transport.penalise(peerName(peer), 'violation')
        rows.push(...(came ?? []))
      }
      return rows
    },
  }

  async function ask(peer: MemberId, lane: 'body' | 'keybox', question: Uint8Array, signal?: AbortSignal) {
    try {
      return await transport.request(peerName(peer), lane, question, {
        timeoutMs: ASK_MS,
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      if (error instanceof NetworkFailure) return null
      throw error
    }
  }
}
