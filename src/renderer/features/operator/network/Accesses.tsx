/** Who read visits of other hospitals and who read ours, with what has to be reviewed first. */
import { Button, Group, SegmentedControl, Skeleton, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { AccessView } from '../../../../shared/contract/access.ts'
import type { Role } from '../../../../shared/contract/app.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { formatList, formatMinute, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

const SHOWN = 200
const ALARMS_SHOWN = 20
const HOUR_MS = 3_600_000
/** Whoever treats a patient has recorded a visit by then. */
const UNFOLLOWED_MS = 48 * HOUR_MS
const FILTERS = ['all', 'review', 'glass', 'ours', 'own'] as const
type Filter = (typeof FILTERS)[number]

const when = (at: number) => formatMinute(at)

export function Accesses({ roles }: { readonly roles: readonly Role[] }) {
  const t = useWords().access
  const locale = useLocale()
  const [filter, setFilter] = useState<Filter>('all')
  const asked = useAsk(() => node.access.list({ limit: SHOWN }), [], ['access.changed'])
  const view = asked.value
  const shown = [...(view?.accesses ?? [])]
    .filter((each) => fits(each, filter))
    // What waits for a person comes first.
    .sort((a, b) => Number(isToReview(b)) - Number(isToReview(a)) || b.at - a.at)
  return (
    <Stack gap="sm">
      <p className="secondary">{t.intro}</p>
      {asked.failure !== undefined && !view && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {!view && asked.failure === undefined && <Skeleton height={120} />}
      {view && (
        <>
          {view.alarms.length > 0 && (
            <Panel title={t.alarms}>
              <Stack gap="xs">
                {view.alarms.slice(0, ALARMS_SHOWN).map((alarm, i) => (
                  <Callout key={i} tone={alarm.isRefused ? 'bad' : 'warn'}>
                    {t.bulk(
                      alarm.reader,
                      alarm.by.slice(0, 8),
                      formatNumber(alarm.patientCount, locale),
                      t.watched[alarm.watched],
                    )}{' '}
                    {alarm.isRefused && t.bulkRefused} <span className="secondary">{when(alarm.at)}</span>
                  </Callout>
                ))}
              </Stack>
            </Panel>
          )}
          {view.house.length > 0 && (
            <Panel title={t.house.title}>
              <Stack gap="xs" data-testid="house-alarms">
                <p className="secondary">{t.house.ask}</p>
                {view.house.slice(0, ALARMS_SHOWN).map((alarm, i) => (
                  <Callout key={i} tone={alarm.kind.startsWith('closed') ? 'bad' : 'warn'}>
                    {t.house.row[alarm.kind](alarm.personName, formatNumber(alarm.patientCount, locale))}{' '}
                    <span className="secondary">{when(alarm.at)}</span>
                  </Callout>
                ))}
              </Stack>
            </Panel>
          )}
          <SegmentedControl
            value={filter}
            onChange={(value) => setFilter(value as Filter)}
            data={FILTERS.map((value) => ({ value, label: t.filter[value] }))}
          />
          {shown.length === 0 && <EmptyState>{t.nothing}</EmptyState>}
          {shown.map((each) => (
            <AccessCard
              key={each.accessId}
              access={each}
              mayReview={mayCall('access.review', roles)}
              onChanged={asked.again}
            />
          ))}
        </>
      )}
    </Stack>
  )
}

const isToReview = ({ review }: AccessView): boolean => review?.isOpenHere === true

function fits(access: AccessView, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'review':
      return isToReview(access)
    case 'glass':
      return access.basis === 'break-glass'
    case 'ours':
      return !access.isOwn
    case 'own':
      return access.isOwn
  }
}

interface CardProps {
  readonly access: AccessView
  readonly mayReview: boolean
  onChanged(): void
}

function AccessCard({ access, mayReview, onChanged }: CardProps) {
  const words = useWords()
  const t = words.access
  const locale = useLocale()
  const { accessId, review, reviews } = access
  const basis = t.basis[access.basis]
  const blocks = formatList(
    access.blocks.map((index) => formatNumber(index, locale)),
    locale,
  )
  const hasMore = access.blockCount > access.blocks.length
  const end = () => void node.access.end({ accessId }).then(onChanged).catch(tellFailure)
  return (
    <Panel title={access.isOwn ? t.row.own(basis) : t.row.theirs(access.reader, basis)}>
      <Stack gap="xs" data-testid="access" data-basis={access.basis}>
        {review && <ReviewState review={review} />}
        {access.reason !== null && (
          <div>
            {t.glassReasons[access.reason] ?? access.reason}
            {access.text !== null && `: ${access.text}`}
          </div>
        )}
        {access.reason === null && access.text !== null && <div>{access.text}</div>}
        <div className="secondary">
          {[
            t.facts(access.patient, access.by.slice(0, 8)),
            t.times(when(access.at), when(access.expiresAt)),
            t.state[access.state],
            ...(access.isFinal ? [] : [t.waitsForChain]),
          ].join(' · ')}
        </div>
        {access.blockCount > 0 && (
          <div className="secondary">
            {t.blocks(
              hasMore ? `${blocks} ${t.moreBlocks}` : blocks,
              formatNumber(access.blockCount, locale),
            )}
          </div>
        )}
        {!access.isPatientOfReader && Date.now() - access.at > UNFOLLOWED_MS && (
          <Callout tone="warn">{t.unfollowed(access.reader)}</Callout>
        )}
        {access.ends.map((each) => (
          <div key={`${each.hospital} ${each.at}`} className="secondary">
            {t.endedBy(each.hospital, when(each.at))}
          </div>
        ))}
        {reviews.map((each) => (
          <div key={`${each.hospital} ${each.at}`}>
            {t.said(t.verdict[each.verdict], each.hospital, when(each.at))}
            {each.text !== null && ` · ${each.text}`}
          </div>
        ))}
        {review?.mayReview === 'own-act' && mayReview && <div className="secondary">{t.ownAct}</div>}
        {review?.mayReview === 'yes' && mayReview && <Review accessId={accessId} onChanged={onChanged} />}
        {access.state === 'active' && (
          <Group>
            <Button size="compact-sm" variant="default" onClick={end}>
              {t.stop}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  )
}

function ReviewState({ review }: { readonly review: NonNullable<AccessView['review']> }) {
  const t = useWords().access
  const names = formatList(review.missing, useLocale())
  if (review.missing.length === 0) return <Callout tone="good">{t.reviewed}</Callout>
  if (review.isOverdue)
    return (
      <Callout tone="bad" isLive>
        {t.overdue(names)}
      </Callout>
    )
  const hours = Math.max(0, Math.ceil((review.dueAt - Date.now()) / HOUR_MS))
  const left = t.daysLeft(Math.floor(hours / 24), hours)
  return (
    <Callout tone={review.isOpenHere ? 'warn' : 'plain'} title={review.isOpenHere ? t.due(left) : undefined}>
      {t.waitsFor(names)}
    </Callout>
  )
}

function Review({ accessId, onChanged }: { readonly accessId: string; onChanged(): void }) {
  const t = useWords().access
  const [text, setText] = useState('')
  const [isMissing, setMissing] = useState(false)
  const say = async (verdict: 'agree' | 'object') => {
    const note = text.trim() === '' ? null : text.trim()
    if (verdict === 'object' && note === null) return setMissing(true)
    try {
      const { kind } = await node.access.review({ accessId, verdict, text: note })
      if (kind === 'taken') notifications.show({ message: t.taken })
      onChanged()
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        flex="1 1 16rem"
        label={t.note}
        placeholder={t.noteHint}
        value={text}
        maxLength={500}
        error={isMissing && text.trim() === '' ? t.noteMissing : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button variant="default" onClick={() => void say('agree')}>
        {t.agree}
      </Button>
      <Button variant="default" color="red" onClick={() => void say('object')}>
        {t.object}
      </Button>
    </Group>
  )
}
