/** A member in a process of its own, for tests: commands come as messages of the parent, events go back. */
import { randomBytes } from 'node:crypto'
import { fromHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { createLibp2pWires } from './libp2p.ts'
import { createMesh } from './mesh.ts'
import { peerName, type Lane } from './transport.ts'

/** Everything as hex, since it passes between processes. */
export type ChildSetup = {
  readonly chainId: string
  readonly psk: string
  readonly index: number
  readonly ports: readonly number[]
  readonly members: readonly {
    readonly memberId: string
    readonly networkKey: string
    readonly memberKey: string
    readonly networkSecret: string
    readonly memberSecret: string
  }[]
}

export type ChildCommand =
  | { readonly kind: 'setup'; readonly setup: ChildSetup }
  /** Sends messages one after the other, each when the answer to the one before is here; tells the round trips. */
  | {
      readonly kind: 'ping-pong'
      readonly to: number
      readonly lane: Lane
      readonly count: number
      readonly byteCount: number
    }
  /** Sends as fast as it can until it is cut. */
  | { readonly kind: 'flood'; readonly to: number; readonly lane: Lane; readonly byteCount: number }
  | { readonly kind: 'broadcast'; readonly lane: Lane; readonly byteCount: number; readonly count: number }

export type ChildEvent =
  | { readonly kind: 'listening' }
  | { readonly kind: 'up' | 'down'; readonly peer: number; readonly problem: string | null }
  | { readonly kind: 'round-trips'; readonly ms: readonly number[] }
  | { readonly kind: 'received'; readonly from: number; readonly count: number; readonly byteCount: number }

if (process.send !== undefined) {
  const tell = (event: ChildEvent): void => void process.send!(event)
  let act: (command: ChildCommand) => void = () => {}
  process.on('message', (command: ChildCommand) => {
    if (command.kind === 'setup') void start(command.setup, tell).then((run) => (act = run))
    else act(command)
  })
  process.on('disconnect', () => process.exit(0))
}

async function start(
  setup: ChildSetup,
  tell: (event: ChildEvent) => void,
): Promise<(command: ChildCommand) => void> {
  const crypto = createNodeCrypto()
  const chainId = fromHex(setup.chainId) as Uint8Array as ChainId
  const members = setup.members.map((member) => ({
    memberId: fromHex(member.memberId) as Uint8Array as MemberId,
    kind: 'hospital' as const,
    isVoter: true,
    networkKey: fromHex(member.networkKey),
    memberKey: fromHex(member.memberKey),
  }))
  const names = members.map(({ memberId }) => peerName(memberId))
  const own = setup.members[setup.index]!
  const wires = createLibp2pWires({
    crypto,
    chainId,
    networkSecret: fromHex(own.networkSecret),
    // Many processes on few cores: slow is not strange here.
    limits: { strangerMs: 15_000, upgradeMs: 20_000 },
    generations: [
      { generation: 1, psk: fromHex(setup.psk), listen: `127.0.0.1:${setup.ports[setup.index]}` },
    ],
  })
  const mesh = createMesh({
    identity: {
      chainId,
      memberId: members[setup.index]!.memberId,
      networkKey: members[setup.index]!.networkKey,
      memberSecret: fromHex(own.memberSecret),
      versions: { min: 1, max: 1 },
    },
    wires,
    crypto,
    random: createNodeRandom(),
    members,
    position: () => ({ epoch: 0, height: 0 }),
    addresses: names.map((peer, i) => ({
      peer,
      addresses: [{ generation: 1, address: `127.0.0.1:${setup.ports[i]}` }],
    })),
    limits: {
      dialGraceMs: 300,
      dialBackoffFirstMs: 50,
      dialBackoffMaxMs: 500,
      floodMs: 500,
      helloMs: 15_000,
    },
  })
  const counts = names.map(() => ({ count: 0, byteCount: 0 }))
  const waiting = new Map<string, () => void>()
  for (const lane of ['consensus', 'body'] as const)
    mesh.onMessage(lane, (from, message) => {
      const peer = names.indexOf(from.name)
      if (message[0] === PING) {
        const pong = message.slice()
        pong[0] = PONG
        mesh.send(from.name, lane, pong)
      } else if (message[0] === PONG) waiting.get(`${peer} ${lane}`)?.()
      else {
        counts[peer]!.count++
        counts[peer]!.byteCount += message.length
      }
    })
  setInterval(() => {
    counts.forEach((each, from) => tell({ kind: 'received', from, ...each }))
  }, 100)
  mesh.onPeer((event) => {
    const problem = event.kind === 'down' ? event.problem : null
    tell({ kind: event.kind, peer: names.indexOf(event.peer.name), problem })
  })
  await mesh.start()
  tell({ kind: 'listening' })
  return (command) => void act(command)

  async function act(command: ChildCommand): Promise<void> {
    switch (command.kind) {
      case 'ping-pong': {
        const message = new Uint8Array(randomBytes(command.byteCount))
        message[0] = PING
        const ms: number[] = []
        for (let i = 0; i < command.count; i++) {
          const from = performance.now()
          const answered = new Promise<void>((resolve) =>
            waiting.set(`${command.to} ${command.lane}`, resolve),
          )
          if (mesh.send(names[command.to]!, command.lane, message) !== 'queued') break
          await answered
          ms.push(performance.now() - from)
        }
        tell({ kind: 'round-trips', ms })
        return
      }
      case 'flood': {
        const message = new Uint8Array(command.byteCount)
        const to = names[command.to]!
        while (mesh.isUp(to)) {
          // Looked at once for many: asking before each message is slower than what the other side still lets pass.
          const queuedBytes = mesh.peers().find(({ name }) => name === to)?.queuedBytes ?? 0
          if (queuedBytes < 1024 * 1024) for (let i = 0; i < 1_000; i++) mesh.send(to, command.lane, message)
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
        return
      }
      case 'broadcast': {
        const message = new Uint8Array(command.byteCount)
        message[0] = 9
        for (let i = 0; i < command.count; i++) {
          while (mesh.broadcast(command.lane, message) === 0)
            await new Promise((resolve) => setTimeout(resolve, 1))
          if (i % 64 === 63) await Promise.all(names.map((name) => mesh.writable(name, command.lane)))
        }
        return
      }
      case 'setup':
        return
    }
  }
}

const PING = 1
const PONG = 2
