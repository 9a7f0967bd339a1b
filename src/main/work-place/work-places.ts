/**
 * The work places of an open institution: the listener that admits those that are paired and nobody else, a session for each,
 * pairing and removing.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmitEvent } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import type { PlacesListening, WorkPlacesOverview } from '../../shared/contract/work-places.ts'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ChainId } from '../node/chain/ids.ts'
import { NetworkFailure } from '../node/network/transport.ts'
import type { Wire, Wires } from '../node/network/wire.ts'
import { erasedAmong } from '../node/storage/forgotten.ts'
import { userKeyIdOf, type PersonEntry } from '../node/vault/people.ts'
import { isListenAddress } from '../profile/network-settings.ts'
import { parse } from '../services/dispatch.ts'
import { PLACE_LIMITS } from './limits.ts'
import { serveLink, type NodeEndOfLink } from './link.ts'
import {
  anyHello,
  goneInput,
  helloInput,
  idleAfterInput,
  LINK,
  MOVED,
  noteInput,
  type PairAnswer,
} from './messages.ts'
import { makePairingCode, readPairingCode } from './pairing-code.ts'
import { openPairing, PairingFailure, type OpenPairing } from './pairing.ts'
import { openPlaceSession, type PlaceSession, type SessionHost } from './place-session.ts'
import { createPace, type Pace } from './pace.ts'
import { openPairedPlaces } from './paired-places.ts'
import { placeIdOf, PLACES_FOLDER, portOf, type PairedPlace } from './places-file.ts'
import { outsideAddresses } from './outside-addresses.ts'
import type { WorkPlaces } from './work-places-port.ts'
import { errorCode } from '../profile/atomic-file.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** Every address of this machine; one port beside the consortium's own. */
export const DEFAULT_LISTEN = '0.0.0.0:4721'

export interface WorkPlacesHome extends WorkPlaces {
  close(): Promise<void>
}

export interface WorkPlacesOptions {
  readonly world: Pick<
    ProfileWorld,
    'crypto' | 'random' | 'now' | 'sleep' | 'openPlaceWires' | 'placeLimits' | 'applicationVersion'
  >
  readonly host: SessionHost
  /** What happens through no call. */
  readonly note: (
    operation: 'node.workPlacePaired' | 'node.workPlacesChanged',
    subject: Readonly<Record<string, string>>,
  ) => Promise<void>
  /** The overview is another one. */
  readonly onChanged: () => void
}

interface Connection {
  readonly place: PairedPlace
  readonly wire: Wire
  link: NodeEndOfLink | null
  session: PlaceSession | null
  /** Of the application there. */
  version: string | null
  isOver: boolean
}

export async function openWorkPlaces(options: WorkPlacesOptions): Promise<WorkPlacesHome> {
  const { world, host } = options
  const { crypto } = world
  const { profile } = host
  const { folder, facts } = profile
  const limits = { ...PLACE_LIMITS, ...world.placeLimits }
  assert(profile.node !== null, 'work places connect to a node that runs')
  const { placeKeys } = profile.node
  const chainId = fromHex(facts.chainId) as Bytes as ChainId

  const paired = await openPairedPlaces({ world, folder, chainId, placeKeys, limits })
  let wires: Wires | null = null
  let failed: { listen: string; code: string } | null = null
  let pairing: OpenPairing | null = null
  let isClosed = false
  /** By place. */
  const connections = new Map<string, Connection>()
  const sessions = new Map<string, PlaceSession>()
  // One change of the list, the listener or a place's session at a time.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  /* ---------- listening ---------- */

  async function listenAt(listen: string): Promise<'set' | 'bad-address' | 'address-in-use'> {
    if (!isListenAddress(listen)) return 'bad-address'
    const { networkSecret, psk } = await paired.end()
    const before = wires
    // At another port both listen for a moment, so that whoever is connected hears where it goes on.
    const isMoving = before !== null && (portOf(listen) === 0 || portOf(listen) !== portOf(paired.listen))
    if (!isMoving) await stopListening()
    const next = await world.openPlaceWires({ networkSecret, psk, networkId: chainId, listen })
    try {
      await next.start({ admits: (key) => paired.byKey(key) !== undefined, wire: welcome })
    } catch (error) {
      await next.stop()
      if (!(error instanceof NetworkFailure)) throw error
      if (!isMoving) failed = { listen, code: error.detail.code }
      return error.detail.code === 'bad-address' ? 'bad-address' : 'address-in-use'
    }
    wires = next
    failed = null
    // A free port that was taken once is kept: work places know it.
    const port = next.addresses()[0]?.address.split(':').at(-1)
    const bound = port === undefined ? listen : listen.replace(/:0$/, `:${port}`)
    await paired.setListen(bound)
    if (isMoving) {
      for (const { link } of connections.values()) link?.tell(['link', MOVED, { port: portOf(bound) }])
      await world.sleep(limits.movedMs)
      await before.stop()
    }
    return 'set'
  }

  async function stopListening(): Promise<void> {
    const before = wires
    wires = null
    failed = null
    for (const { wire } of connections.values()) wire.abort()
    await before?.stop()
  }

  function listening(): PlacesListening {
    if (failed !== null) return { kind: 'failed', ...failed }
    if (wires === null || paired.listen === null) return { kind: 'off' }
    return { kind: 'listening', listen: paired.listen, addresses: outsideAddresses(paired.listen) }
  }

  /* ---------- connections ---------- */

  /** Of the work place, whatever lines and sessions it makes. */
  const paces = new Map<string, () => Pace>()
  function paceOf(placeId: string): () => Pace {
    const known = paces.get(placeId) ?? createPace(limits, world.now)
    paces.set(placeId, known)
    return known
  }

  /** The handshake proved the key, and the gater knew it. */
  function welcome(wire: Wire): void {
    const place = paired.byKey(wire.remoteKey)
    if (place === undefined || wire.direction !== 'inbound' || isClosed) return wire.abort()
    const connection: Connection = { place, wire, link: null, session: null, version: null, isOver: false }
    const late = setTimeout(() => {
      if (connection.session === null) wire.abort()
    }, limits.helloMs)
    late.unref()
    wire.listen({
      lane(lane, stream) {
        if (connection.link !== null || lane !== 'control') return wire.abort()
        connection.link = serveLink(
          stream,
          limits,
          (name, input) => answer(connection, name, input),
          () => wire.abort(),
          paceOf(place.placeId),
        )
      },
      closed() {
        clearTimeout(late)
        connection.isOver = true
        if (connections.get(place.placeId) !== connection) return
        connections.delete(place.placeId)
        connection.session?.cutOff()
        void seen(place.placeId, false)
      },
    })
  }

  async function answer(connection: Connection, name: string, input: unknown): Promise<Reply<unknown>> {
    const { session } = connection
    if (name === LINK.hello && session === null)
      return inTurn(() => hello(connection, input)).catch((error: unknown) => {
        // A disk that does not take the place's folder: it dials again.
        expectWorldFailure(error)
        connection.wire.abort()
        return refused('no-answer')
      })
    // Nothing is answered before the hello is.
    if (session === null || connections.get(connection.place.placeId) !== connection) {
      connection.wire.abort()
      return refused('no-answer')
    }
    switch (name) {
      case LINK.draftKey:
        return { ok: true, value: session.draftKey() }
      case LINK.idleAfter: {
        const parsed = parse(idleAfterInput, input)
        if (parsed?.success !== true) return refused('invalid-input')
        session.idleAfter(parsed.data.idleMinutes)
        return { ok: true, value: null }
      }
      case LINK.gone: {
        const parsed = parse(goneInput, input)
        if (parsed?.success !== true) return refused('invalid-input')
        // Ids are random and stand in the clear in the table's keys, so nobody has to have unlocked.
        const patientIds = parsed.data.patientIds.map(fromHex)
        const gone = await erasedAmong(profile.store, patientIds, facts.isRestored)
        return { ok: true, value: gone.map(toHex) }
      }
      case LINK.note: {
        const parsed = parse(noteInput, input)
        if (parsed?.success !== true) return refused('invalid-input')
        return (await session.noteWritten(parsed.data))
          ? { ok: true, value: null }
          : refused('audit-unavailable')
      }
      default:
        return session.dispatch(name, input)
    }
  }

  async function hello(connection: Connection, input: unknown): Promise<Reply<unknown>> {
    const { place, wire } = connection
    const parsed = parse(helloInput, input)
    const any = parsed?.success === true ? null : parse(anyHello, input)
    // An older or newer program that would otherwise try for ever; it hangs up when it has read this.
    if (any?.success === true && any.data.format !== 1)
      return { ok: false, error: { code: 'other-format', detail: { version: world.applicationVersion } } }
    // Removed a moment ago, or a second hello of the same connection.
    if (
      parsed?.success !== true ||
      paired.byKey(wire.remoteKey) === undefined ||
      connection.session !== null ||
      isClosed
    ) {
      wire.abort()
      return refused('no-answer')
    }
    const before = sessions.get(place.placeId)
    const isSame = before !== undefined && !before.isOver && before.token === parsed.data.token
    if (!isSame) await before?.end('closed')
    const session = isSame ? before : await openSession(place)
    sessions.set(place.placeId, session)
    connection.session = session
    connection.version = parsed.data.version ?? null
    session.idleAfter(parsed.data.idleMinutes)
    // One process for each work place: an older line of the same one is dead, or it would not have come again.
    const older = connections.get(place.placeId)
    connections.set(place.placeId, connection)
    older?.wire.abort()
    const tell: EmitEvent = (service, event, payload) => connection.link?.tell([service, event, payload])
    session.attach(tell)
    if (connection.isOver) {
      connections.delete(place.placeId)
      session.cutOff()
      return refused('no-answer')
    }
    void seen(place.placeId, true)
    return {
      ok: true,
      value: {
        token: session.token,
        isSame,
        session: await session.session(),
        draftKey: session.draftKey(),
        version: world.applicationVersion,
      },
    }
  }

  async function openSession(place: PairedPlace): Promise<PlaceSession> {
    const { placeId } = place
    const deskFolder = join(folder, PLACES_FOLDER, placeId)
    await mkdir(deskFolder, { recursive: true, mode: 0o700 })
    const session: PlaceSession = openPlaceSession({
      host,
      placeId,
      seat: { desk: profile.deskAt(deskFolder), subject: { workPlace: placeId } },
      cutOffMs: limits.cutOffMs,
      onChanged: options.onChanged,
      onEnded() {
        if (sessions.get(placeId) === session) sessions.delete(placeId)
        options.onChanged()
      },
    })
    return session
  }

  /** When it was here last, for whoever looks at the list; nothing else hangs on it. */
  function seen(placeId: string, isArriving: boolean): Promise<void> {
    options.onChanged()
    return inTurn(async () => {
      if (!isClosed) await paired.noteSeen(placeId, isArriving)
    }).catch(expectWorldFailure)
  }

  async function forgetPlace(placeId: string): Promise<void> {
    paces.delete(placeId)
    const session = sessions.get(placeId)
    sessions.delete(placeId)
    const connection = connections.get(placeId)
    connections.delete(placeId)
    connection?.wire.abort()
    await session?.end('closed')
  }

  /* ---------- pairing ---------- */

  async function admit(key: Bytes, name: string, by: string): Promise<PairAnswer> {
    const { networkSecret, psk } = await paired.end()
    const port = portOf(paired.listen)
    const placeId = placeIdOf(crypto, key)
    await paired.add({
      placeId,
      name,
      key: toHex(key),
      pairedAt: world.now(),
      pairedBy: by,
      lastSeenAt: null,
      removedAt: null,
      port,
    })
    await options.note('node.workPlacePaired', { workPlace: placeId })
    options.onChanged()
    return {
      institutionName: facts.institutionName,
      memberId: facts.memberId,
      chainId: facts.chainId,
      isSynthetic: facts.isSynthetic,
      placeId,
      name,
      nodeKey: toHex(crypto.ed25519PublicKey(networkSecret)),
      psk: toHex(psk),
      port,
    }
  }

  const isListenedTo = async (asked: string | undefined): ReturnType<typeof listenAt> =>
    wires !== null && (asked === undefined || asked === paired.listen)
      ? 'set'
      : listenAt(asked ?? paired.listen ?? DEFAULT_LISTEN)

  async function beginPairing(
    name: string,
    listen: string | undefined,
    by: string,
  ): ReturnType<WorkPlaces['openPairing']> {
    if (paired.current.some((each) => each.name === name)) return { kind: 'refused', reason: 'name-taken' }
    if (paired.current.length >= limits.placesMax) return { kind: 'refused', reason: 'too-many' }
    await pairing?.close()
    const listened = await isListenedTo(listen)
    if (listened !== 'set') return { kind: 'refused', reason: listened }
    assert(paired.listen !== null, 'it listens')
    const code = makePairingCode(world.random)
    try {
      const open = await openPairing({
        world,
        limits,
        code: readPairingCode(code)!,
        name,
        listen: neighbourOf(paired.listen, listen),
        admit: (key, isOpen) =>
          inTurn(() => {
            if (!isOpen() || isClosed) throw new PairingFailure({ code: 'no-answer' })
            return admit(key, name, by)
          }),
        onClosed() {
          if (pairing === open) pairing = null
          options.onChanged()
        },
      })
      pairing = open
      return { kind: 'open', code, until: open.until, addresses: outsideAddresses(open.address) }
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error
      return { kind: 'refused', reason: 'address-in-use' }
    }
  }

  function overview(): WorkPlacesOverview {
    return {
      listening: listening(),
      places: paired.current.map(({ placeId, name, pairedAt, pairedBy, lastSeenAt, port }) => ({
        placeId,
        name,
        pairedAt,
        pairedBy: nameOfPerson(host, pairedBy),
        lastSeenAt,
        isConnected: connections.has(placeId),
        personName: sessions.get(placeId)?.personName ?? null,
        otherVersion: otherVersionOf(connections.get(placeId)),
        dialsPort: isAtOtherPort(placeId, port) ? port! : null,
      })),
      pairing: pairing === null ? null : { name: pairing.name, until: pairing.until },
      isListChanged: paired.isChanged,
    }
  }

  /** It was away when the port was changed: it knows the old one alone. */
  const isAtOtherPort = (placeId: string, port: number | undefined): boolean =>
    port !== undefined &&
    paired.listen !== null &&
    port !== portOf(paired.listen) &&
    !connections.has(placeId)

  function otherVersionOf(connection: Connection | undefined) {
    const node = world.applicationVersion
    const there = connection?.version ?? node
    return there === node ? null : { there, node }
  }

  /** What had the address at start, an older process or a network that was not up yet, may be gone by now. */
  async function listenAgain(): Promise<void> {
    const listen = failed?.listen
    if (listen === undefined || listen !== paired.listen || isClosed) return
    if ((await listenAt(listen)) === 'set') options.onChanged()
  }
  const again = setInterval(() => {
    if (failed !== null) void inTurn(listenAgain)
  }, limits.listenAgainMs)
  again.unref()

  if (paired.isChanged) await options.note('node.workPlacesChanged', {})
  // An address that is taken keeps nobody from opening the institution.
  if (paired.listen !== null) await listenAt(paired.listen)

  return {
    overview,
    openPairing: ({ name, listen, by }) => inTurn(() => beginPairing(name, listen, by)),
    closePairing: () => inTurn(async () => pairing?.close()),
    remove: (placeId) =>
      inTurn(async () => {
        if (!(await paired.remove(placeId))) return false
        await forgetPlace(placeId)
        await rm(join(folder, PLACES_FOLDER, placeId), { recursive: true, force: true })
        return true
      }),
    nameOf: paired.nameOf,
    setListening: (listen) =>
      inTurn(async () => {
        if (listen !== null) {
          const before = paired.listen
          const answer = await listenAt(listen)
          // Refused: it goes on where it was.
          if (answer !== 'set' && before !== null && wires === null) await listenAt(before)
          return answer
        }
        await pairing?.close()
        await stopListening()
        await paired.setListen(null)
        return 'set'
      }),
    async close() {
      isClosed = true
      clearInterval(again)
      await inTurn(async () => {
        await pairing?.close()
        await stopListening()
      })
      for (const placeId of [...sessions.keys()]) await forgetPlace(placeId)
    },
  }
}

const refused = (code: string): Reply<unknown> => ({ ok: false, error: { code } })

/** The pairing is beside the lasting listener; where a free port was asked for it takes another free one. */
function neighbourOf(listen: string, asked: string | undefined): string {
  const colon = listen.lastIndexOf(':')
  const port = asked?.endsWith(':0') === true ? 0 : Number(listen.slice(colon + 1)) + 1
  return `${listen.slice(0, colon)}:${port > 65_535 ? port - 2 : port}`
}

/** Also under a key from before a reset. */
function nameOfPerson({ profile, world }: SessionHost, userKeyId: string): string | null {
  const isTheirs = ({ signKey, formerKeyIds }: PersonEntry): boolean =>
    userKeyIdOf(world.crypto, signKey) === userKeyId || formerKeyIds.includes(userKeyId)
  return profile.roster?.people.find(isTheirs)?.name ?? null
}

/** What a disk or the network refuses, typed or as the system says it. @throws everything else: a bug */
function expectWorldFailure(error: unknown): void {
  if (!(error instanceof Failure) && errorCode(error) === null) throw error
}
