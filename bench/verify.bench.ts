/** Verification of a whole stored chain, every record opened: `npm run bench -- verify [blocks]`. */
import { join } from 'node:path'
import { openLedger } from '../src/main/node/ledger.ts'
import { STORE_FOLDER, unsealKeys } from '../src/main/profile/profile-folder.ts'
import { verifyInThread } from '../src/main/workers/verify.ts'
import { realWorld } from '../src/main/world.ts'
import { levelCeiling } from './level-ceiling.ts'
import { chainOf, PASSPHRASE } from './make-chain.ts'

const blocks = Number(process.argv[2] ?? 20_000)
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const world = realWorld()
const folder = await chainOf(blocks, say)
const { node, session } = await unsealKeys(folder, PASSPHRASE, ['node', 'session'], world)
const storePath = join(folder, STORE_FOLDER)
const store = await world.openStore(storePath, true)
const { chainId } = await openLedger(world.crypto, store, storePath)

async function timed(epochs: Parameters<typeof verifyInThread>[0]['epochs']): Promise<number> {
  const start = performance.now()
  const input = { storePath, chainId, epochs, areRowsHeld: true }
  const result = await verifyInThread(input, new AbortController().signal, () => {})
  if (result.kind !== 'ok' || result.blocks !== blocks) throw new Error(JSON.stringify(result))
  return Math.round((blocks / (performance.now() - start)) * 1000)
}
const withoutKeys = await timed({})
const opened = await timed({ gateway: node!.gatewayEpochs, custodian: session!.custodianEpochs })
await store.close()
const ceiling = await levelCeiling(Math.min(blocks, 20_000))
console.log(
  JSON.stringify({
    bench: 'verify',
    blocks,
    blocksPerSecond: { opened, withoutKeys },
    levelScanPerSecond: ceiling.readsPerSecond,
    ratioToScan: Number((opened / ceiling.readsPerSecond).toFixed(3)),
  }),
)
