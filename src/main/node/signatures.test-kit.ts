/** What members of a test sign, as it leaves them: so that two signatures where there may be one are seen. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { decodeCertificate } from './chain/certificate.ts'
import { decodeMessage } from './consensus/engine/messages.ts'
import type { NetworkAbout, NodeNetwork } from './network/node-network.ts'
import type { Transport } from './network/transport.ts'

export interface SignatureBook {
  /** A network whose words are looked at on their way out; nothing is changed. */
  watch(network: NodeNetwork, about: NetworkAbout): NodeNetwork
  /** Takes in what another book has kept in a file. */
  take(path: string): void
  /** Members, heights, rounds and kinds where two different things are signed. Empty unless somebody lies. */
  doubles(): string[]
  /** How many different things a member's own node said that it signed, from `height` on. */
  countOf(memberId: string, height?: number): number
  /** What a member signed of a kind at each place, as `height/round` and the id of a segment or `nil`. */
  signed(memberId: string, kind: 'proposal' | 'prevote' | 'precommit'): { place: string; what: string }[]
  readonly count: number
}

/** @param path a file to which everything is appended before it leaves, so that it outlives a process that is killed */
export function createSignatureBook(path: string | null = null): SignatureBook {
  /** By member, height, round and kind: what was signed. */
  const signed = new Map<string, Set<string>>()
  /** Of those, what came from the member itself. */
  const own = new Map<string, Set<string>>()

  function note(
    self: string,
    signer: Bytes,
    height: number,
    round: number,
    kind: string,
    what: string,
  ): void {
    const member = toHex(signer)
    const place = `${height}/${round} ${kind}`
    if (enter(self, member, place, what) && path !== null)
      appendFileSync(path, `${JSON.stringify([self, member, place, what])}\n`)
  }

  /** Whether the book did not have it from this node. */
  function enter(self: string, member: string, place: string, what: string): boolean {
    const isNew = add(signed, `${member} ${place}`, what)
    return member === self ? add(own, member, `${place} ${what}`) : isNew
  }

  function take(kept: string): void {
    for (const line of readFileSync(kept, 'utf8').split('\n'))
      if (line !== '') enter(...(JSON.parse(line) as [string, string, string, string]))
  }
  if (path !== null && existsSync(path)) take(path)

  function read(self: string, bytes: Bytes): void {
    const message = decodeMessage(bytes)
    switch (message?.kind) {
      case 'proposal': {
        const { memberId, height, round, validRound, segmentId } = message.signed.proposal
        note(self, memberId, height, round, 'proposal', `${toHex(segmentId)} of ${validRound}`)
        for (const proof of message.proof)
          note(self, proof.memberId, height, validRound, 'prevote', toHex(segmentId))
        return
      }
      case 'votes':
        for (const { vote } of message.votes)
          note(self, vote.memberId, vote.height, vote.round, vote.type, nameOf(vote.segmentId))
        return
      case 'certificate': {
        const { type, height, round, segmentId, signatures } = message.certificate
        for (const { memberId } of signatures) note(self, memberId, height, round, type, nameOf(segmentId))
        return
      }
      case 'decided': {
        const certificate = decodeCertificate(message.certificate)
        if (certificate === null) return
        const { height, round, segmentId, signatures } = certificate
        for (const { memberId } of signatures)
          note(self, memberId, height, round, 'precommit', nameOf(segmentId))
        return
      }
      case 'status':
      case undefined:
        return
    }
  }

  return {
    take,
    watch(network, about) {
      const { transport } = network
      const self = toHex(about.memberId)
      const changed: Partial<Transport> = {
        send(to, lane, message) {
          if (lane === 'consensus') read(self, message)
          return transport.send(to, lane, message)
        },
        broadcast(lane, message) {
          if (lane === 'consensus') read(self, message)
          return transport.broadcast(lane, message)
        },
      }
      return {
        ...network,
        transport: new Proxy(transport, {
          get: (target, name) => (Reflect.get(changed, name) ?? Reflect.get(target, name)) as unknown,
        }),
      }
    },
    doubles: () => [...signed].filter(([, what]) => what.size > 1).map(([place]) => place),
    countOf: (memberId, height = 0) =>
      [...(own.get(memberId) ?? [])].filter((what) => Number(what.split('/')[0]) >= height).length,
    signed: (memberId, kind) =>
      [...signed].flatMap(([name, what]) => {
        const [member, place, of] = name.split(' ')
        return member === memberId && of === kind
          ? [...what].map((each) => ({ place: place!, what: each }))
          : []
      }),
    get count() {
      return signed.size
    },
  }
}

const nameOf = (segmentId: Bytes | null): string => (segmentId === null ? 'nil' : toHex(segmentId))

function add(to: Map<string, Set<string>>, name: string, what: string): boolean {
  const known = to.get(name)
  if (known === undefined) to.set(name, new Set([what]))
  else if (known.has(what)) return false
  else known.add(what)
  return true
}
