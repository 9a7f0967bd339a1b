/**
 * Which alerts an insurer's analysts were shown, sealed in its own node's store: each stands there once, with the day on which it was first shown, however
 * often the page is opened and whatever file stands beside the table (docs/spec/pricing.md M15).
 */
import { z } from 'zod'
import {
  notedAlert,
  type MonitorAlert,
  type NotedAlert,
  type PersistingAlert,
} from '../../shared/contract/monitor.ts'
import { isSameAlert } from '../../shared/domain/group-alert.ts'
import { utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { ALERT_OF_BOOK, rangeOf, tariffBookKey } from '../node/storage/buckets.ts'
import { del, put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** What was kept before plans were watched is of a group. */
const kept = notedAlert.extend({
  format: z.literal(1),
  watched: notedAlert.shape.watched.default('group'),
})

/** Ten years of two tables a year, with a rise and a level of every group that a table may have; then the oldest of other tables give way. */
export const ALERTS_MAX = 800

export interface AlertBook {
  /** Newest first. */
  list(): Promise<readonly NotedAlert[]>
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

  async function entries(): Promise<{ readonly key: Uint8Array; readonly alert: NotedAlert }[]> {
    const found: { key: Uint8Array; alert: NotedAlert }[] = []
    for await (const { key, value } of node.store.scan(rangeOf('x/y', Uint8Array.of(ALERT_OF_BOOK)))) {
      const content = seal.open(key, value)
      if (content === null) continue
      const parsed = kept.safeParse(JSON.parse(utf8Decode(content)))
      if (!parsed.success) continue
      const { format: _, ...alert } = parsed.data
      found.push({ key, alert })
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
      await node.write([
        ...gone.map((each) => del(each.key)),
        put(key, seal.seal(key, utf8Encode(JSON.stringify({ format: 1, ...alert })))),
      ])
      known.unshift({ key, alert })
    }
  }

  return {
    list: async () => (await entries()).map(({ alert }) => alert),
    note(...given) {
      const work = () => noteNew(...given)
      const done = (turns.get(node.store) ?? Promise.resolve()).then(work, work)
      turns.set(
        node.store,
        done.catch(() => {}),
      )
      return done
    },
  }
}
