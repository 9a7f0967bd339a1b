/** A consortium whose nodes ask, attest and answer studies, for tests. */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode } from '../chain/codec.ts'
import type { ItemHash } from '../chain/ids.ts'
import { studyRulesOf, type StudyItem } from '../chain/study-items.ts'
import { random, until, type TestConsortium, type TestMember } from '../members.test-kit.ts'
import type { ChainNode } from '../node.ts'

/** A document of the right form with a request of its own. */
export function sampleDocument(about = random(8)): Bytes {
  return documentOf(encode(['request', about]))
}

export function documentOf(request: Bytes): Bytes {
  return encode([1, random(32), 1, request, null, null, null, null, 'quality', 'A study'])
}

/** Lets the first hospital declare what is in the chain; every gateway agrees. Waits until all that run have it. */
export async function declareSnapshot({ members, up }: TestConsortium): Promise<ItemHash> {
  const nodes = up()
  for (const node of nodes) node.studies.snapshots.setMayDeclare(async () => 'yes')
  const [first] = members as [TestMember]
  await until(() => first.node!.peers().filter(({ state }) => state === 'up').length >= nodes.length - 1)
  const result = await first.node!.studies.snapshots.propose()
  if (result.kind !== 'submitted') throw new Error(`no snapshot: ${result.kind}`)
  await allKnow(nodes, (node) =>
    node.ledger.state.consortium.snapshots.some(({ itemHash }) => equalBytes(itemHash, result.itemHash)),
  )
  return result.itemHash
}

export async function allKnow(
  nodes: readonly ChainNode[],
  isKnown: (node: ChainNode) => boolean | Promise<boolean>,
): Promise<void> {
  for (const node of nodes) await until(() => isKnown(node))
}

/** @param sent what the exchange answers to a document */
export function studyClear(
  node: ChainNode,
  sent: Pick<StudyItem, 'commitment' | 'held'>,
  snapshotHash: ItemHash,
  changes: Partial<StudyItem> = {},
): StudyItem {
  return {
    kind: 'study',
    ...sent,
    ...studyRulesOf(node.ledger.state.consortium.policy),
    requesterClass: node.member!.kind,
    chargeKind: 'table',
    chargeMicroRho: 10_000,
    snapshotHash,
    studyId: random(16),
    of: null,
    ...changes,
  }
}

/** Sends a document and charges for it; resolves when every node that runs has it in its index. */
export async function askStudy(
  { up }: TestConsortium,
  node: ChainNode,
  snapshotHash: ItemHash,
  changes: Partial<StudyItem> = {},
): Promise<{ studyHash: ItemHash; commitment: Bytes; document: Bytes }> {
  const document = sampleDocument()
  const sent = await node.studies.exchange.send(document)
  const { itemHash } = await node.studies.exchange.submit(studyClear(node, sent, snapshotHash, changes))
  await allKnow(up(), async (each) => {
    const row = await each.studies.index.studyOf(itemHash)
    return row !== null && row.height !== null
  })
  return { studyHash: itemHash, commitment: sent.commitment, document }
}
