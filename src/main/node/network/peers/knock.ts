/**
 * The door: pnet's pre-shared key, and a knock before anything else is answered.
 *
 * libp2p answers whoever holds the pre-shared key with its list of ciphers and its identity, before it knows who asks.
 * A removed member still holds that key. So the dialler sends, as the first 96 bytes under the key, its network key and
 * a signature over both keys and both nonces of pnet; the responder says nothing until they are those of an admitted
 * member (N1). The nonces are fresh on both sides, so a knock that was recorded opens nothing.
 */
import type { ConnectionProtector, MultiaddrConnection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { preSharedKey } from '@libp2p/pnet'
import { byteStream } from '@libp2p/utils'
import { assert } from '../../../../shared/std/assert.ts'
import { concatBytes, toHex, utf8Encode, type Bytes } from '../../../../shared/std/bytes.ts'
import { encode } from '../../chain/codec.ts'
import type { ChainId } from '../../chain/ids.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import { signatureInput } from '../../crypto/labels.ts'

const NONCE_BYTES = 24
const KEY_BYTES = 32
export const KNOCK_BYTES = KEY_BYTES + 64
/** Multicodec of the peer id part of a multiaddr. */
const CODE_P2P = 421

export type KnockOptions = {
  readonly psk: Bytes
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly networkSecret: Bytes
  readonly admits: (networkKey: Bytes) => boolean
  /** Who has not knocked by then is closed. */
  readonly strangerMs: number
}

/** For `connectionProtector` of libp2p. */
export function knockingPreSharedKey(options: KnockOptions): () => ConnectionProtector {
  const pskText = utf8Encode(`/key/swarm/psk/1.0.0/\n/base16/\n${toHex(options.psk)}`)
  const ownKey = options.crypto.ed25519PublicKey(options.networkSecret)
  return () => {
    const pnet = preSharedKey({ psk: pskText })()
    return {
      async protect(stream, protectOptions) {
        const connection = stream as MultiaddrConnection
        const limit = AbortSignal.timeout(options.strangerMs)
        const signal = protectOptions?.signal ? AbortSignal.any([protectOptions.signal, limit]) : limit
        const nonces = watchNonces(connection)
        const boxed = await pnet.protect(connection, { ...protectOptions, signal })
        const { sent, received } = nonces.take()
        const bytes = byteStream(boxed)
        if (connection.direction === 'outbound') {
          const responderKey = dialledKey(connection)
          const input = knockInput(options.chainId, ownKey, responderKey, sent, received)
          const knock = concatBytes(ownKey, options.crypto.ed25519Sign(options.networkSecret, input))
          await bytes.write(knock, { signal })
          return bytes.unwrap()
        }
        const knock = (await bytes.read({ bytes: KNOCK_BYTES, signal }))?.subarray()
        if (knock === undefined || !isAdmitted(options, ownKey, knock, received, sent))
          throw new Error('nobody we know')
        return bytes.unwrap()
      },
    }
  }
}

export function knockInput(
  chainId: ChainId,
  diallerKey: Bytes,
  responderKey: Bytes,
  diallerNonce: Bytes,
  responderNonce: Bytes,
): Bytes {
  return signatureInput(
    'consilium/knock/1',
    chainId,
    encode([diallerKey, responderKey, diallerNonce, responderNonce]),
  )
}

function isAdmitted(
  { crypto, chainId, admits }: KnockOptions,
  ownKey: Bytes,
  knock: Bytes,
  diallerNonce: Bytes,
  responderNonce: Bytes,
): boolean {
  const diallerKey = knock.slice(0, KEY_BYTES)
  // The table first: a signature costs more than a stranger is worth.
  if (!admits(diallerKey)) return false
  const input = knockInput(chainId, diallerKey, ownKey, diallerNonce, responderNonce)
  return crypto.ed25519Verify(diallerKey, input, knock.slice(KEY_BYTES))
}

/** pnet keeps its nonces to itself, so they are read as they pass. */
function watchNonces(connection: MultiaddrConnection): { take(): { sent: Bytes; received: Bytes } } {
  let sent: Bytes = new Uint8Array(0)
  let received: Bytes = new Uint8Array(0)
  const send = connection.send
  connection.send = (data) => {
    if (sent.length < NONCE_BYTES)
      sent = concatBytes(sent, data instanceof Uint8Array ? data : data.subarray())
    return send.call(connection, data)
  }
  const listen = ({ data }: { data: Uint8Array | { subarray(): Uint8Array } }): void => {
    if (received.length < NONCE_BYTES)
      received = concatBytes(received, data instanceof Uint8Array ? data : data.subarray())
  }
  connection.addEventListener('message', listen)
  return {
    take() {
      connection.send = send
      connection.removeEventListener('message', listen)
      assert(
        sent.length >= NONCE_BYTES && received.length >= NONCE_BYTES,
        'pnet exchanges nonces of 24 bytes',
      )
      return { sent: sent.slice(0, NONCE_BYTES), received: received.slice(0, NONCE_BYTES) }
    },
  }
}

function dialledKey(connection: MultiaddrConnection): Bytes {
  const text = connection.remoteAddr.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
  const key = text === undefined ? undefined : peerIdFromString(text).publicKey
  assert(key?.type === 'Ed25519', 'we dial by network key only')
  return key.raw
}
