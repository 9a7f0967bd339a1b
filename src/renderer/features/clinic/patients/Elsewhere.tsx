/**
 * What a patient has at other hospitals: how much there is, one key that opens it, which hospital is away or refuses, and
 * what is over. Nothing names a hospital before it was asked.
 */
import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useState } from 'react'
import type { Elsewhere as ElsewhereView, ReadingAccess } from '../../../../shared/contract/access.ts'
import { formatList, formatMinute, formatNumber } from '../../../lib/format.ts'
import { callAt } from '../../../lib/call-at.ts'
import { node } from '../../../lib/node.ts'
import { useRoomKey } from '../../../lib/use-room-key.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout, type Tone } from '../../../ui/Callout.tsx'
import { Keys } from '../../../ui/Kbd.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { BreakGlass } from './BreakGlass.tsx'
import { ConsentAccess } from './ConsentAccess.tsx'
import styles from './Patients.module.css'

interface Props {
  readonly patientId: string
  readonly elsewhere: ElsewhereView
  /** What an act has just answered. */
  onAnswer(elsewhere: ElsewhereView): void
  onChanged(): void
}

type Answer = Awaited<ReturnType<typeof node.access.open>>

export function Elsewhere({ patientId, elsewhere, onAnswer, onChanged }: Props) {
  const words = useWords()
  const t = words.access
  const locale = useLocale()
  const [isAsking, setAsking] = useState(false)
  const [dialog, setDialog] = useState<'consent' | 'glass' | null>(null)
  const { visitCount, hospitalCount, openCount, reading } = elsewhere
  const [newest] = reading
  const number = (n: number) => formatNumber(n, locale)

  /** @param from the dialog that asks; what was typed there stays where nothing came of it */
  const act = async (work: () => Promise<Answer>, from: typeof dialog = null) => {
    setAsking(true)
    try {
      const answer = await work()
      if (answer.kind === 'refused') notifications.show({ color: 'red', message: t.refused[answer.reason] })
      else {
        onAnswer(answer.elsewhere)
        setDialog((now) => (now === from ? null : now))
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setAsking(false)
    }
  }
  const open = () => void act(() => node.access.open({ patientId, basis: { kind: 'treatment' } }))
  const again = ({ accessId }: ReadingAccess) => void act(() => node.access.askAgain({ patientId, accessId }))
  const end = async () => {
    try {
      for (const { accessId } of reading) await node.access.end({ accessId })
      notifications.show({ message: t.ended })
      onChanged()
    } catch (error) {
      tellFailure(error)
    }
  }
  // With an access the same key asks once more, for visits that came since and hospitals that are back.
  useRoomKey(t.key, () => {
    if (isAsking || visitCount === 0) return
    if (newest === undefined) open()
    else again(newest)
  })
  // What has expired goes from the screen on the minute, not at the next look.
  const firstEnd = Math.min(...reading.map(({ expiresAt }) => expiresAt))
  useEffect(() => {
    if (!Number.isFinite(firstEnd)) return
    return callAt(firstEnd, onChanged)
  }, [firstEnd, onChanged])

  if (visitCount === 0) return <p className="secondary">{elsewhere.isComplete ? t.none : t.looking}</p>

  const title = t.count(number(visitCount), visitCount, number(hospitalCount), hospitalCount)
  const others = (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="subtle" size="compact-sm" aria-label={t.more}>
          …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => setDialog('consent')}>{t.consent}</Menu.Item>
        <Menu.Item color="red" onClick={() => setDialog('glass')}>
          {t.breakGlass}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
  return (
    <section
      className={styles.elsewhere}
      aria-label={title}
      data-testid="elsewhere"
      data-open={openCount}
      aria-busy={isAsking}
    >
      {newest === undefined ? (
        <Callout
          tone="plain"
          title={title}
          action={
            <>
              <Button size="compact-sm" loading={isAsking} onClick={open} rightSection={<Keys of={t.key} />}>
                {t.open}
              </Button>
              {others}
            </>
          }
        >
          {isAsking ? t.asking(hospitalCount) : t.closed}
          {elsewhere.over !== null && <div className="secondary">{overSentence(elsewhere.over, t)}</div>}
        </Callout>
      ) : (
        <Callout
          tone={toneOf(elsewhere, newest)}
          title={`${title} · ${t.openNow(number(openCount), number(visitCount))}`}
          isLive
          action={
            <>
              <Button size="compact-sm" variant="default" onClick={() => void end()}>
                {t.end}
              </Button>
              {others}
            </>
          }
        >
          {isAsking ? (
            t.asking(hospitalCount)
          ) : (
            <>
              {reading.map((each) => (
                <div key={each.accessId}>
                  {t.until[each.basis](formatMinute(each.expiresAt))}
                  {!each.isFinal && ` · ${t.waitsForChain}`}
                </div>
              ))}
            </>
          )}
        </Callout>
      )}
      {newest !== undefined && !isAsking && openCount < visitCount && (
        <Unanswered newest={newest} onAgain={() => again(newest)} onGlass={() => setDialog('glass')} />
      )}
      {elsewhere.wrongKeyCount > 0 && (
        <Callout tone="bad" isLive>
          {t.wrongKey(number(elsewhere.wrongKeyCount))}
        </Callout>
      )}
      {dialog === 'consent' && (
        <ConsentAccess
          isBusy={isAsking}
          onClose={() => setDialog(null)}
          onDo={(days, reference) =>
            void act(
              () => node.access.open({ patientId, basis: { kind: 'consent', days, reference } }),
              'consent',
            )
          }
        />
      )}
      {dialog === 'glass' && (
        <BreakGlass
          isBusy={isAsking}
          isAway={newest?.answers.some(({ kind }) => kind === 'away') === true}
          onClose={() => setDialog(null)}
          onDo={(reason, text) =>
            void act(() => node.access.breakGlass({ patientId, reason, text }), 'glass')
          }
        />
      )}
    </section>
  )
}

function toneOf({ openCount, visitCount, reading }: ElsewhereView, newest: ReadingAccess): Tone {
  if (reading.some(({ basis }) => basis === 'break-glass')) return 'warn'
  if (openCount === visitCount) return 'good'
  return newest.answers.some(({ kind }) => kind !== 'answered') ? 'plain' : 'good'
}

interface UnansweredProps {
  readonly newest: ReadingAccess
  onAgain(): void
  onGlass(): void
}

/** Which hospital did not answer and why, with what can be done about it. */
function Unanswered({ newest, onAgain, onGlass }: UnansweredProps) {
  const t = useWords().access
  const locale = useLocale()
  const named = (kind: string) => newest.answers.filter((each) => each.kind === kind)
  const away = named('away')
  const left = named('left')
  const refused = named('refused')
  const isSince = away.length + left.length + refused.length === 0
  const names = (list: typeof away) =>
    formatList(
      list.map(({ name }) => name),
      locale,
    )
  return (
    <Callout
      tone={refused.length > 0 ? 'bad' : isSince ? 'plain' : 'warn'}
      isLive
      action={
        <>
          <Button size="compact-sm" variant="default" onClick={onAgain} rightSection={<Keys of={t.key} />}>
            {t.again}
          </Button>
          {!isSince && (
            <Button size="compact-sm" variant="subtle" color="red" onClick={onGlass}>
              {t.breakGlass}
            </Button>
          )}
        </>
      }
    >
      {isSince && t.since}
      {away.length > 0 && <div>{t.away(names(away))}</div>}
      {left.length > 0 && <div>{t.left(names(left))}</div>}
      {refused.map(({ memberId, name, refusal }) => (
        <div key={memberId}>{t.refusedBy(name, t.refusals[refusal ?? 'other'] ?? t.refusals.other!)}</div>
      ))}
    </Callout>
  )
}

function overSentence({ how, at, by }: NonNullable<ElsewhereView['over']>, t: Words['access']): string {
  const when = formatMinute(at)
  return how === 'expired' ? t.over.expired(when) : t.over.ended(when, by)
}
