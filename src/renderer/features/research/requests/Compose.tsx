/** Composing a request: who, how it is answered, what comes out, what for; the price and what it buys beside it, before the click. */
import { Button, Checkbox, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { PURPOSES, type AllowedPurpose } from '../../../../shared/domain/purposes.ts'
import type { Asked, Budget, Catalog } from '../../../../shared/contract/requests.ts'
import { formatInstant, formatNumber, shortHash } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { useRunKey } from '../../../lib/use-run-key.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { cohortSentences } from '../../../parts/research/cohort-sentence.ts'
import { CohortEditor } from '../../../parts/research/CohortEditor.tsx'
import { named } from '../../../parts/research/new-study.ts'
import { requestSentences } from '../../../parts/research/request-sentence.ts'
import { NoSnapshot } from '../../../parts/research/NoSnapshot.tsx'
import { usePrice } from '../../../parts/research/use-price.ts'
import { namesNow, useKept, useStudy } from '../../../parts/research/study-under-work.ts'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { askedOf, newDraft, needsFollowUp, pricedKindOf, type Draft } from './draft.ts'
import { FollowUpForm } from './FollowUpForm.tsx'
import { OutputForm } from './OutputForm.tsx'
import { PricePanel } from './PricePanel.tsx'
import { useRequests } from './use-requests.ts'
import styles from './Requests.module.css'

const NO_LIMITS: Budget['chargeMost'] = { count: 100, table: 100, model: 100, 'registered-model': 100 }

interface Props {
  readonly catalog: Catalog
  onOpen(studyHash: string): void
}

export function Compose({ catalog, onOpen }: Props) {
  const t = useWords().requests
  const { draft, change, begin } = useRequests()
  const snapshot = draft.snapshot ?? catalog.snapshots[0]?.hash
  const budget = useAsk(
    async () =>
      snapshot === undefined ? null : node.requests.budget({ snapshot, isPublished: draft.isPublished }),
    [snapshot, draft.isPublished],
    ['requests.changed'],
  )
  const most = budget.value?.chargeMost
  const asked = askedOf(draft, catalog, most ?? NO_LIMITS)
  const [wished, setWished] = useState<number | null>(null)
  const price = usePrice(most === undefined ? null : asked, wished)
  const [isAsking, setAsking] = useState(false)
  const shown = price.isOfThis && price.value?.kind === 'priced' ? price.value : null
  const canAsk = asked !== null && shown !== null && draft.title.trim() !== '' && !isAsking
  const submit = async () => {
    if (!canAsk || asked === null || shown === null) return
    setAsking(true)
    try {
      const answer = await node.requests.submit({
        asked,
        title: draft.title.trim(),
        purpose: draft.purpose,
        studyId: null,
        shown: { requestHash: shown.requestHash, microRho: shown.microRho },
      })
      switch (answer.kind) {
        case 'submitted':
          notifications.show({ message: t.asked.done(answer.heldBy.length) })
          return onOpen(answer.studyHash)
        case 'known':
          notifications.show({ message: t.asked.known })
          return onOpen(answer.studyHash)
        case 'refused': {
          const limit = answer.limit === undefined ? '' : ` ${t.budget.none[answer.limit] ?? ''}`
          notifications.show({
            color: 'red',
            message: `${t.asked.refused[answer.reason]}${limit}`,
            autoClose: 10_000,
          })
          price.again()
          return budget.again()
        }
        case 'problems':
          return price.again()
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setAsking(false)
    }
  }
  useRunKey(() => void submit())
  if (snapshot === undefined) return <NoSnapshot />
  return (
    <div className={styles.columns}>
      <div className={room.stack}>
        <Lane draft={draft} catalog={catalog} snapshot={snapshot} onChange={change} />
        {draft.lane === 'rule' ? (
          <StudyPart draft={draft} onChange={change} />
        ) : (
          <>
            <Who
              draft={draft}
              cohortHash={price.value?.kind === 'priced' ? price.value.cohortHash : null}
              onChange={change}
            />
            <Panel title={t.compose.what}>
              <OutputForm
                output={draft.output}
                variables={catalog.variables}
                // Another form has another price: what was typed was meant for this one.
                onChange={(output) =>
                  change(
                    pricedKindOf({ ...draft, output }) === pricedKindOf(draft)
                      ? { output }
                      : { output, microRho: null },
                  )
                }
              />
            </Panel>
            {needsFollowUp(draft.output) && (
              <FollowUpForm definition={draft.followUp} onChange={(followUp) => change({ followUp })} />
            )}
          </>
        )}
        <About draft={draft} catalog={catalog} onChange={change} />
        <div className={room.row}>
          <Button variant="default" onClick={() => begin(newDraft())}>
            {t.compose.fresh}
          </Button>
        </div>
      </div>
      <div className={`${room.stack} ${styles.sticky}`}>
        <PricePanel
          draft={draft}
          price={price.value}
          failure={price.failure}
          most={most ?? null}
          wished={wished}
          onWished={setWished}
          onPrice={(microRho) => change({ microRho })}
          onRetry={price.again}
          onOpen={onOpen}
        />
        <Said asked={asked} />
        <div className={room.small}>
          {draft.title.trim() === '' && <p className="secondary">{t.compose.needsTitle}</p>}
          <div className={room.row}>
            <Button
              disabled={!canAsk}
              loading={isAsking}
              onClick={() => void submit()}
              title={t.compose.submitHint}
            >
              {t.compose.submit}
            </Button>
            <span className="secondary">{t.compose.submitHint}</span>
          </div>
          {draft.lane === 'noise' && <p className="secondary">{t.compose.chargedOnce}</p>}
        </div>
      </div>
    </div>
  )
}

interface PartProps {
  readonly draft: Draft
  onChange(change: Partial<Draft>): void
}

function Lane({
  draft,
  catalog,
  snapshot,
  onChange,
}: PartProps & { readonly catalog: Catalog; readonly snapshot: string }) {
  const t = useWords().requests
  const locale = useLocale()
  return (
    <Panel title={t.compose.lane}>
      <div className={room.small}>
        <div className={`${room.row} ${room.top}`}>
          <SegmentedControl
            aria-label={t.compose.lane}
            value={draft.lane}
            data={(['noise', 'rule'] as const).map((value) => ({ value, label: t.compose.lanes[value] }))}
            onChange={(lane) => onChange({ lane: lane as Draft['lane'] })}
          />
          <NativeSelect
            className={styles.wide}
            label={t.compose.snapshot}
            value={snapshot}
            data={catalog.snapshots.map(({ hash, height, stateAt }) => ({
              value: hash,
              label: t.catalogue.snapshot(
                formatNumber(height, locale),
                stateAt === null ? '—' : formatInstant(stateAt).slice(0, 10),
              ),
            }))}
            onChange={({ currentTarget }) => onChange({ snapshot: currentTarget.value })}
          />
        </div>
        <p className="secondary">{t.compose.laneHints[draft.lane]}</p>
      </div>
    </Panel>
  )
}

function Who({ draft, cohortHash, onChange }: PartProps & { readonly cohortHash: string | null }) {
  const words = useWords()
  const t = words.requests.compose
  const locale = useLocale()
  const [isOpen, setOpen] = useState(false)
  const isResearcher = useOpenSession()?.person.roles.includes('researcher') === true
  const definition =
    draft.cohort.title === '' ? { ...draft.cohort, title: words.cohorts.untitled } : draft.cohort
  return (
    <>
      <Panel
        title={t.who}
        side={
          <div className={room.row}>
            {isResearcher && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => onChange({ cohort: useStudy.getState().study.cohort })}
              >
                {t.fromWorkbench}
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? t.doneCohort : t.editCohort}
            </Button>
          </div>
        }
      >
        <div className={room.small} data-testid="request-who">
          {cohortSentences(definition, words, locale).map((sentence, i) => (
            <p key={i} className={room.said}>
              {sentence}
            </p>
          ))}
          <Checkbox
            label={t.clean}
            description={t.cleanHint}
            checked={draft.isCleaned}
            onChange={({ currentTarget }) => onChange({ isCleaned: currentTarget.checked })}
          />
          {cohortHash !== null && (
            <p className="secondary">
              {t.hash}:{' '}
              <span className="mono" title={cohortHash}>
                {shortHash(cohortHash)}
              </span>
            </p>
          )}
        </div>
      </Panel>
      {isOpen && <CohortEditor definition={definition} onChange={(cohort) => onChange({ cohort })} />}
    </>
  )
}

function StudyPart({ draft, onChange }: PartProps) {
  const t = useWords().requests.compose
  const isResearcher = useOpenSession()?.person.roles.includes('researcher') === true
  useKept()
  const fromFile = async () => {
    const file = await node.studies.openFile()
    if (file === null) return
    if (file.kind === 'study') onChange({ study: file.study })
    else notifications.show({ color: 'red', message: t.noStudy })
  }
  return (
    <Panel
      title={t.study}
      side={
        <div className={room.row}>
          {isResearcher && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onChange({ study: named(useStudy.getState().study, namesNow()) })}
            >
              {t.studyOfRoom}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => void fromFile().catch(tellFailure)}>
            {t.studyFile}
          </Button>
        </div>
      }
    >
      {draft.study === null ? <p className="secondary">{t.noStudy}</p> : <p>{draft.study.title}</p>}
    </Panel>
  )
}

function About({ draft, catalog, onChange }: PartProps & { readonly catalog: Catalog }) {
  const t = useWords().requests.compose
  const registrations = useAsk(() => node.requests.registrations(), [], ['requests.changed'])
  const kind = pricedKindOf(draft)
  const isModel = draft.lane === 'noise' && (kind === 'model' || kind === 'registered-model')
  return (
    <Panel title={t.about}>
      <div className={room.small}>
        <TextInput
          label={t.name}
          description={t.nameHint}
          maxLength={200}
          value={draft.title}
          onChange={({ currentTarget }) => onChange({ title: currentTarget.value })}
        />
        <div className={`${room.row} ${room.top}`}>
          <NativeSelect
            className={styles.wide}
            label={t.purpose}
            value={draft.purpose}
            data={PURPOSES.map((value) => ({ value, label: t.purposes[value] }))}
            onChange={({ currentTarget }) => onChange({ purpose: currentTarget.value as AllowedPurpose })}
          />
          {isModel && (
            <NativeSelect
              className={styles.wide}
              label={t.registration}
              value={draft.registration ?? ''}
              data={[
                { value: '', label: t.noRegistration },
                ...(registrations.value ?? []).map(({ hash, title }) => ({
                  value: hash,
                  label: title ?? shortHash(hash),
                })),
              ]}
              onChange={({ currentTarget }) =>
                onChange({
                  registration: currentTarget.value === '' ? null : currentTarget.value,
                  microRho: null,
                })
              }
            />
          )}
        </div>
        {catalog.class === 'hospital' && draft.lane === 'noise' && (
          <Checkbox
            label={t.published}
            description={t.publishedHint}
            checked={draft.isPublished}
            onChange={({ currentTarget }) => onChange({ isPublished: currentTarget.checked })}
          />
        )}
        <p className="secondary">{t.notFor}</p>
      </div>
    </Panel>
  )
}

/** The whole request in words: what is about to be asked, read once more. */
function Said({ asked }: { readonly asked: Asked | null }) {
  const words = useWords()
  const locale = useLocale()
  if (asked === null) return null
  const question = asked.lane === 'rule' ? { ...asked, requestHash: '' } : asked
  return (
    <Panel title={words.requests.compose.said}>
      <div className={room.small} data-testid="request-said">
        {requestSentences(question, words, locale).map((sentence, i) => (
          <p key={i} className={room.said}>
            {sentence}
          </p>
        ))}
      </div>
    </Panel>
  )
}
