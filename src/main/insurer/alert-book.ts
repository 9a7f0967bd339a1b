/**
 * Which alerts an insurer's analysts were shown, sealed in its own node's store: each stands there once, with the day on which it was first shown, however
 * often the page is opened and whatever file stands beside the table (docs/spec/pricing.md M15).
 */
import { z } from 'zod'
import {
  keptAlert,
  notedAlert,
  type KeptAlert,
  type MonitorAlert,
  type NotedAlert,
  type PersistingAlert,
} from '../../shared/contract/monitor.ts'
import { isSameAlert } from '../../shared/domain/group-alert.ts'
import { toHex, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { ALERT_OF_BOOK, OPENED_OF_BOOK, rangeOf, tariffBookKey } from '../node/storage/buckets.ts'
import { del, put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** What was kept before plans were watched is of a group. */
const kept = keptAlert.extend({
  format: z.literal(1),
  watched: notedAlert.shape.watched.default('group'),
  /** What was kept before that was said counts as looked into: it was shown. */
  lookedAt: keptAlert.shape.lookedAt.default(0),
})
/** That somebody has opened a table; of each that was paid for there is one. */
const opened = z.object({ format: z.literal(1), studyHash: notedAlert.shape.studyHash, openedAt: z.number() })

/** Ten years of two tables a year, with a rise and a level of every group that a table may have; then the oldest of other tables give way. */
export const ALERTS_MAX = 800

export interface AlertBook {
  /** Newest first. */
  list(): Promise<readonly KeptAlert[]>
  /** Those that nobody has looked into, newest first, by the name under which they lie. */
  open(): Promise<readonly (NotedAlert & { readonly id: string })[]>
  /** Somebody has looked into these; how many of them were open. @throws {StorageFailure} */
  look(ids: readonly string[], at: number): Promise<number>
  /** Somebody has opened the table; again is nothing new. @throws {StorageFailure} */
  markOpened(studyHash: string, at: number): Promise<void>
  /** Tables that somebody has opened, and those that have an alert, which was shown. */
  opened(): Promise<ReadonlySet<string>>
  /**
   * Those of a table that are not there yet, one after the other; `before` hears of each before it is kept, so that none is kept of which the audit says nothing.
   * None of this table's makes room: what the page shows is in the book.
   *
   * @throws {StorageFailure} and what `before` throws
   */
  note(
    table: { readonly studyHash: string; readonly lastMonth: string },
    alerts: readonly (MonitorAlert | PersistingAlert)[],
    at: number,
    before: (alert: NotedAlert) => Promise<void>,
  ): Promise<void>
}

type World = Pick<ProfileWorld, 'crypto' | 'random'>
type Node = Pick<ChainNode, 'store' | 'write' | 'auditKeys'> & {
  readonly ledger: Pick<ChainNode['ledger'], 'chainId'>
}

const turns = new WeakMap<object, Promise<unknown>>()

export function alertBook({ crypto, random }: World, node: Node): AlertBook {
  const seal = createNodeSeal(crypto, random, node.ledger.chainId, () => node.auditKeys.list())
  const keyOf = (alert: NotedAlert) => {
    const { studyHash, watched, kind, label, month, since, ratio } = alert
    const which = `${since} ${month ?? ''} ${ratio}${watched === 'plan' ? ' plan' : ''}`
    const name = `consilium/group-alert/1 ${studyHash} ${kind} ${which} ${label}`
    return tariffBookKey(ALERT_OF_BOOK, crypto.sha256(utf8Encode(name)))
  }

  const openedKey = (studyHash: string) =>
    tariffBookKey(OPENED_OF_BOOK, crypto.sha256(utf8Encode(`consilium/opened-table/1 ${studyHash}`)))

  async function entries(): Promise<Entry[]> {
    const found: Entry[] = []
    for await (const { key, value } of node.store.scan(rangeOf('x/y', Uint8Array.of(ALERT_OF_BOOK)))) {
      const content = seal.open(key, value)
      if (content === null) continue
      const parsed = kept.safeParse(JSON.parse(utf8Decode(content)))
      if (!parsed.success) continue
      const { format: _, lookedAt, ...alert } = parsed.data
      found.push({ key, alert, lookedAt })
    }
    return found.sort(({ alert: a }, { alert: b }) => b.notedAt - a.notedAt || (a.label < b.label ? -1 : 1))
  }

  async function noteNew(
    ...[{ studyHash, lastMonth }, alerts, notedAt, before]: Parameters<AlertBook['note']>
  ) {
    if (alerts.length === 0) return
    const known = await entries()
    for (const {
      watched,
      label,
      kind,
      month,
      since,
      ratio: { ratio, lower, upper },
    } of alerts) {
      const alert = { studyHash, lastMonth, watched, label, kind, month, since, ratio, lower, upper, notedAt }
      if (known.some((each) => isSameAlert(each.alert, alert))) continue
      await before(alert)
      const oldest =
        known.length < ALERTS_MAX ? -1 : known.findLastIndex((each) => each.alert.studyHash !== studyHash)
      const gone = oldest < 0 ? [] : known.splice(oldest, 1)
      const key = keyOf(alert)
      await node.write([...gone.map((each) => del(each.key)), rowOf({ key, alert, lookedAt: null })])
      known.unshift({ key, alert, lookedAt: null })
    }
  }

  const rowOf = ({ key, alert, lookedAt }: Entry) =>
    put(key, seal.seal(key, utf8Encode(JSON.stringify({ format: 1, ...alert, lookedAt }))))

  async function lookInto(ids: readonly string[], at: number): Promise<number> {
    const named = new Set(ids)
    const found = (await entries()).filter(({ key, lookedAt }) => lookedAt === null && named.has(idOf(key)))
    if (found.length > 0) await node.write(found.map((entry) => rowOf({ ...entry, lookedAt: at })))
    return found.length
  }

  async function openedTables(): Promise<ReadonlySet<string>> {
    // What lasts over tables was shown beside whichever of them.
    const shown = (await entries()).filter(({ alert }) => alert.kind !== 'persisting')
    const found = new Set(shown.map(({ alert }) => alert.studyHash))
    for await (const { key, value } of node.store.scan(rangeOf('x/y', Uint8Array.of(OPENED_OF_BOOK)))) {
      const content = seal.open(key, value)
      const parsed = content === null ? null : opened.safeParse(JSON.parse(utf8Decode(content)))
      if (parsed?.success === true) found.add(parsed.data.studyHash)
    }
    return found
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = (turns.get(node.store) ?? Promise.resolve()).then(work, work)
    turns.set(
      node.store,
      done.catch(() => {}),
    )
    return done
  }

  return {
    list: async () => (await entries()).map(({ alert, lookedAt }) => ({ ...alert, lookedAt })),
    open: async () =>
      (await entries()).flatMap(({ key, alert, lookedAt }) =>
        lookedAt === null ? [{ ...alert, id: idOf(key) }] : [],
      ),
    look: (ids, at) => inTurn(() => lookInto(ids, at)),
    note: (...given) => inTurn(() => noteNew(...given)),
    markOpened: (studyHash, openedAt) =>
      inTurn(async () => {
        const key = openedKey(studyHash)
        if ((await node.store.get(key)) !== null) return
        await node.write([
          put(key, seal.seal(key, utf8Encode(JSON.stringify({ format: 1, studyHash, openedAt })))),
        ])
      }),
    opened: openedTables,
  }
}

interface Entry {
  readonly key: Uint8Array
  readonly alert: NotedAlert
  readonly lookedAt: number | null
}

/** The end of the key: the hash of what the alert is. */
const idOf = (key: Uint8Array): string => toHex(key.subarray(key.length - 32))
