/** Registering what is planned before outcomes are seen, and what was registered. */
import { Button, Skeleton, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Catalog } from '../../../../shared/contract/requests.ts'
import { formatMinute } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { requestSentences } from '../../../parts/research/request-sentence.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { askedOf } from './draft.ts'
import { useRequests } from './use-requests.ts'
import styles from './Requests.module.css'

/** A plan has no price yet: what is asked later is charged then. */
const ANY_PRICE = { count: 2_000, table: 20_000, model: 50_000, 'registered-model': 125_000 }

export function Protocols({ catalog, onCompose }: { readonly catalog: Catalog; onCompose(): void }) {
  const words = useWords()
  const t = words.requests.protocols
  const locale = useLocale()
  const { draft, change } = useRequests()
  const [text, setText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [isRefused, setRefused] = useState(false)
  const list = useAsk(() => node.requests.registrations(), [], ['requests.changed', 'node.segmentFinal'])
  const asked = askedOf(draft, catalog, ANY_PRICE)
  const canRegister = asked !== null && draft.title.trim() !== '' && text.trim() !== ''
  const register = async () => {
    if (!canRegister || asked === null) return
    setBusy(true)
    setRefused(false)
    try {
      const answer = await node.requests.register({
        title: draft.title.trim(),
        text: text.trim(),
        asked,
        purpose: draft.purpose,
      })
      if (answer.kind === 'registered') {
        notifications.show({ message: t.registered })
        setText('')
        change({ registration: answer.hash })
        list.again()
      } else if (answer.kind === 'problems') onCompose()
      else setRefused(true)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.columns}>
      <Panel title={t.register}>
        <div className={room.small}>
          <p className="secondary">{t.intro}</p>
          <TextInput
            label={t.title}
            maxLength={200}
            value={draft.title}
            onChange={({ currentTarget }) => change({ title: currentTarget.value })}
          />
          <Textarea
            label={t.text}
            description={t.textHint}
            autosize
            minRows={8}
            maxRows={20}
            maxLength={1_000_000}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          {asked !== null && (
            <div className={room.small}>
              <h3>{t.question}</h3>
              {requestSentences(
                asked.lane === 'rule' ? { ...asked, requestHash: '' } : asked,
                words,
                locale,
              ).map((sentence, i) => (
                <p key={i} className={room.said}>
                  {sentence}
                </p>
              ))}
            </div>
          )}
          {isRefused && (
            <Callout tone="bad" isLive>
              {t.refused}
            </Callout>
          )}
          <div className={room.row}>
            <Button disabled={!canRegister} loading={isBusy} onClick={() => void register()}>
              {t.register}
            </Button>
            <Button variant="default" onClick={onCompose}>
              {words.requests.tabs.compose}
            </Button>
          </div>
        </div>
      </Panel>
      <Panel title={t.list}>
        {list.failure !== undefined && list.value === undefined ? (
          <FailureNote code={list.failure} onRetry={list.again} />
        ) : list.value === undefined ? (
          <Skeleton height={96} />
        ) : list.value.length === 0 ? (
          <EmptyState>{t.none}</EmptyState>
        ) : (
          <ul className={styles.plain}>
            {list.value.map(({ hash, title, at, protocolHash }) => (
              <li key={hash}>
                <div>{title ?? t.notHere}</div>
                <div className="secondary">
                  {at === null ? t.waiting : t.at(formatMinute(at))} · <BlockHash hash={protocolHash} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  )
}
