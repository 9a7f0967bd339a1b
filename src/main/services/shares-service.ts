/** Shares of the institution's keys as people make them, ask for the hospitals' part, object to it and hand it out. */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AlertView } from '../../shared/contract/governance.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { RecoveryRequestView, shares as sharesContract } from '../../shared/contract/shares.ts'
import { equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember } from '../node/chain/members.ts'
import {
  RECOVERY_DELAY_MS,
  weighRecoveries,
  type RecoveryRequest,
  type SaidRecovery,
} from '../node/chain/recovery.ts'
import { isRecoveryContent } from '../node/chain/sealed-content.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import { membersOf } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import { forgetNodeKeys, forgetSessionKeys } from '../node/vault/institution-keys.ts'
import { fingerprintOf } from '../node/vault/recovery-kit.ts'
import { makeShares, SHARE_COUNT, SHARE_THRESHOLD } from '../node/vault/shares.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'
import { asWritingFailure, ProfileFailure } from '../profile/profile-failure.ts'
import { nameSubject } from './audit-subject.ts'
import { accountOf, leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'
import { saveSmallFile } from './files.ts'

type Service = Handlers<typeof sharesContract>

export function createSharesService(context: ServiceContext): Service {
  const { world } = context
  const by = () => ({ userKeyId: leaseOf(context).session.person.userKeyId, at: Math.floor(world.now()) })

  async function requestOf(requestId: string): Promise<RecoveryRequest | null> {
    const { requests } = await recoveriesOf(nodeOf(context))
    return requests.find(({ content }) => toHex(content.requestId) === requestId) ?? null
  }

  return {
    async list() {
      const node = nodeOf(context)
      const { sets, requests } = await recoveriesOf(node)
      return {
        sets: sets
          .filter(({ isReplaced }) => !isReplaced)
          .map(({ author, content }) => ({
            setId: toHex(content.setId),
            hospital: nameOf(node, author),
            isOwn: equalBytes(author, node.memberId),
            madeAt: content.at,
            threshold: content.threshold,
            shareCount: content.shareCount,
          })),
        requests: requests.map((request) => viewOf(node, request)),
        otherHospitals: otherHospitals(node).length,
      }
    },

    async make({ passphrase, folder }) {
      const profile = profileOf(context)
      const node = nodeOf(context)
      const out = folder ?? (await context.desktop.chooseFolder({ purpose: 'export' }))
      if (out === null) return { kind: 'cancelled' }
      const { facts } = profile
      try {
        const keys = await profile.unsealAll({ account: accountOf(context), passphrase })
        try {
          const setId = world.random(16)
          const hasPart = otherHospitals(node).length > 0 && node.member?.kind === 'hospital'
          const part = hasPart ? world.random(32) : null
          const kitFacts = {
            institutionName: facts.institutionName,
            memberId: fromHex(facts.memberId),
            chainId: fromHex(facts.chainId),
            zone: facts.zone,
            isSynthetic: facts.isSynthetic,
            genesis: fromHex(facts.genesis),
          }
          const madeOn = civilDateIn(facts.zone, world.now())
          const made = await makeShares(world.random, { facts: kitFacts, keys }, { setId, part, madeOn })
          const name = `${fingerprintOf(kitFacts).slice(0, 9)}-${toHex(setId).slice(0, 6)}`
          const files = [
            [`consilium-recovery-${name}.json`, made.fileText],
            ...made.shareTexts.map((text, i) => [
              `consilium-share-${name}-${i + 1}-of-${SHARE_COUNT}.txt`,
              text,
            ]),
          ] as const
          const takeBack = () =>
            Promise.all(files.map(([file]) => rm(join(resolve(out), file!), { force: true }).catch(ignore)))
          // Before any file is there: a lock may come while they are written.
          const signer = by()
          try {
            for (const [file, content] of files) await writeFileAtomic(join(resolve(out), file!), content!)
          } catch (error) {
            // Some of them would lie there, and where there is no part three are enough.
            await takeBack()
            throw error
          }
          // Once all six are there: a new part ends the former shares. And nobody may be sent away with shares whose other part
          // was never said.
          if (part !== null) {
            const set = { setId, part, threshold: SHARE_THRESHOLD, shareCount: SHARE_COUNT }
            // A function of its own: what is thrown before there is a promise leaves no file either.
            const say = async () => node.statements.say({ kind: 'recovery-set', ...set, ...signer })
            const said = await say().catch(() => null)
            if (said === null) {
              await takeBack()
              return { kind: 'refused', reason: 'not-said' }
            }
          }
          nameSubject({ setId: toHex(setId) })
          context.emit('shares', 'changed', null)
          return {
            kind: 'made',
            setId: toHex(setId),
            folder: resolve(out),
            files: files.map(([file]) => file!),
            hasPart,
          }
        } finally {
          forgetNodeKeys(keys.node)
          forgetSessionKeys(keys.session)
          keys.root.root.fill(0)
        }
      } catch (error) {
        const failure = error instanceof ProfileFailure ? error : asWritingFailure(error, resolve(out))
        if (failure === null) throw error
        const { code, detail } = failure.detail
        return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
      }
    },

    async ask({ setId, text }) {
      const node = nodeOf(context)
      const { sets, requests } = await recoveriesOf(node)
      const set = sets.find((each) => !each.isReplaced && toHex(each.content.setId) === setId)
      if (set === undefined) return { kind: 'refused', reason: 'unknown-set' }
      if (equalBytes(set.author, node.memberId)) return { kind: 'refused', reason: 'own-set' }
      const isAsked = requests.some(
        ({ content, state }) =>
          toHex(content.setId) === setId && (state === 'queued' || state === 'waiting' || state === 'ready'),
      )
      if (isAsked) return { kind: 'refused', reason: 'asked-already' }
      const requestId = world.random(16)
      nameSubject({ requestId: toHex(requestId), memberId: toHex(set.author) })
      const about = { requestId, memberId: set.author, setId: set.content.setId, text: textOf(text) }
      // Whoever believes that it was asked would wait three days for nothing.
      const said = await node.statements.say({ kind: 'recovery-request', ...about, ...by() })
      if (said === null) return { kind: 'refused', reason: 'not-asked' }
      context.emit('shares', 'changed', null)
      return { kind: 'asked', requestId: toHex(requestId) }
    },

    async veto({ requestId, text }) {
      const request = await requestOf(requestId)
      nameSubject({ requestId })
      if (request === null || !mayVeto(request)) return { isTaken: false }
      const { content } = request
      const said = await nodeOf(context).statements.say({
        kind: 'recovery-veto',
        requestId: content.requestId,
        text: textOf(text),
        ...by(),
      })
      context.emit('shares', 'changed', null)
      return { isTaken: said !== null }
    },

    async release({ requestId, path }) {
      const node = nodeOf(context)
      const request = await requestOf(requestId)
      nameSubject({ requestId })
      if (request === null) return { kind: 'refused', reason: 'unknown-request' }
      if (equalBytes(request.content.memberId, node.memberId)) return { kind: 'refused', reason: 'own-set' }
      switch (request.state) {
        case 'vetoed':
        case 'void':
          return { kind: 'refused', reason: request.state }
        case 'queued':
        case 'waiting':
          return { kind: 'refused', reason: 'too-early' }
        case 'ready':
      }
      const { sets } = await recoveriesOf(node)
      // Of the hospital that is meant: an id is known to all, and a part of somebody else would open nothing.
      const { memberId, setId } = request.content
      const set = sets.find(
        ({ author, content }) => equalBytes(author, memberId) && equalBytes(content.setId, setId),
      )
      if (set === undefined) return { kind: 'refused', reason: 'void' }
      const defaultName = `consilium-recovery-part-${toHex(set.content.setId).slice(0, 8)}.txt`
      const at = path ?? (await context.desktop.chooseSavePath({ purpose: 'recovery-kit', defaultName }))
      if (at === null) return { kind: 'cancelled' }
      const text = partText(set.content.setId, set.content.part)
      return (await saveSmallFile(resolve(at), utf8Encode(text)))
        ? { kind: 'released', path: resolve(at) }
        : { kind: 'refused', reason: 'not-writable' }
    },
  }
}

/** What cannot be removed cannot have been written, or its disk is gone. */
function ignore(): void {}

const mayVeto = ({ state }: RecoveryRequest): boolean =>
  state === 'queued' || state === 'waiting' || state === 'ready'

const textOf = (text: string | null): string | null => {
  const plain = text?.normalize('NFC').trim() ?? ''
  return plain === '' ? null : plain
}

const partText = (setId: Bytes, part: Bytes): string =>
  `${JSON.stringify({ what: 'Part of a recovery key, as the hospitals of a consortium held it', format: 1, setId: toHex(setId), part: toHex(part) }, null, 2)}\n`

async function recoveriesOf(node: ChainNode): Promise<ReturnType<typeof weighRecoveries>> {
  const said: SaidRecovery[] = []
  const times = new Map<number, number | null>()
  for (const { content, author, height } of await node.statements.list()) {
    if (!isRecoveryContent(content)) continue
    if (height !== null && !times.has(height)) times.set(height, await timeAt(node, height))
    said.push({ content, author, time: height === null ? null : (times.get(height) ?? null) })
  }
  return weighRecoveries(said, node.ledger.state.lastTime)
}

/** Null where its segment is damaged and waits to be fetched again: then nothing is ready by it. */
async function timeAt({ store }: ChainNode, height: number): Promise<number | null> {
  const stored = await readSegment(store, height)
  return stored.kind === 'ok' ? (decodeSegment(stored.value.segment)?.time ?? null) : null
}

function otherHospitals(node: ChainNode): MemberId[] {
  return membersOf(node.ledger.state.consortium).flatMap(({ memberId, kind }) =>
    kind === 'hospital' && !equalBytes(memberId, node.memberId) ? [memberId] : [],
  )
}

function nameOf(node: ChainNode, memberId: MemberId): string {
  const found = findMember(membersOf(node.ledger.state.consortium), memberId)
  return found?.name ?? toHex(memberId).slice(0, 8)
}

function viewOf(node: ChainNode, request: RecoveryRequest): RecoveryRequestView {
  const { content, author, askedAt, state, vetoes } = request
  const isOwn = equalBytes(content.memberId, node.memberId)
  return {
    requestId: toHex(content.requestId),
    setId: toHex(content.setId),
    hospital: nameOf(node, content.memberId),
    isOwn,
    askedBy: nameOf(node, author),
    text: content.text,
    askedAt,
    releaseAt: askedAt === null ? null : askedAt + RECOVERY_DELAY_MS,
    state,
    vetoes: vetoes.map((veto) => ({
      hospital: nameOf(node, veto.author),
      text: veto.content.text,
      at: veto.content.at,
    })),
    mayVeto: mayVeto(request),
    mayRelease: state === 'ready' && !isOwn,
  }
}

const HOUR_MS = 3_600_000

/** Somebody wants to bring this institution's keys back: whoever did not agree to it has three days to say so. */
export async function recoveryAlerts(node: ChainNode): Promise<AlertView[]> {
  const { requests } = await recoveriesOf(node)
  const { lastTime } = node.ledger.state
  return requests.filter(mayVeto).map(({ content, author, askedAt }) => {
    const isOwn = equalBytes(content.memberId, node.memberId)
    const leftMs = (askedAt ?? lastTime) + RECOVERY_DELAY_MS - lastTime
    return {
      alertId: `recovery ${toHex(content.requestId)}`,
      kind: 'recovery-asked',
      tone: isOwn ? 'bad' : 'warn',
      at: content.at,
      memberName: nameOf(node, author),
      amount: Math.max(0, Math.ceil(leftMs / HOUR_MS)),
      detail: isOwn ? null : nameOf(node, content.memberId),
    }
  })
}
