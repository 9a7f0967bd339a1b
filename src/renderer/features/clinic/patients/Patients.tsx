/** Finding patients; the chosen one opens beside the list. */
import { Button, Modal, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { todayAtFacility } from '../../../lib/facility-clock.ts'
import { ageOn, formatCivilDate, formatNumber, formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go, replacePlace } from '../../../lib/router.ts'
import { useSettings } from '../../../lib/session.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { RegisterPatient } from '../../../parts/RegisterPatient.tsx'
import type { RoomProps } from '../../../parts/route.ts'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { AwaitedResults } from './AwaitedResults.tsx'
import { CheckSummary } from './CheckSummary.tsx'
import { DisclosurePage } from './DisclosurePage.tsx'
import { PatientPage } from './PatientPage.tsx'
import styles from './Patients.module.css'
import { SummaryPage } from './SummaryPage.tsx'

const LIMIT = 100
/** Columns beside an open patient: narrow enough for each window, so that the list does not scroll sideways. */
const NARROW: Readonly<Record<string, string>> = {
  name: 'minmax(5rem, 2fr)',
  sex: '4.5rem',
  birthDate: 'minmax(6.75rem, 1fr)',
}

export function Patients({ parts }: RoomProps) {
  if (parts[0] === 'awaited') return <AwaitedResults />
  if (parts[0] === 'check') return <CheckSummary />
  if (parts[0] !== undefined && parts[1] === 'summary')
    return <SummaryPage key={parts[0]} patientId={parts[0]} />
  if (parts[0] !== undefined && parts[1] === 'disclosure')
    return <DisclosurePage key={parts[0]} patientId={parts[0]} />
  return <PatientList parts={parts} />
}

function PatientList({ parts }: RoomProps) {
  const words = useWords()
  const t = words.patients
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 80)
  const asked = useAsk(
    () => node.patients.search({ text: settled, limit: LIMIT }),
    [settled],
    ['records.visitChanged', 'node.segmentFinal', 'patients.linksChanged'],
  )
  const chosen = parts[0] === 'new' ? undefined : parts[0]
  const isNarrow = chosen !== undefined
  const found = asked.value
  // Somebody who was opened by another way than this list, by an address or a search elsewhere: what was typed before would stand there as
  // if it had found them.
  const listed = useRef<readonly Patient[] | undefined>(undefined)
  listed.current = found?.patients
  useEffect(() => {
    if (chosen !== undefined && listed.current?.some(({ patientId }) => patientId === chosen) !== true)
      setText('')
  }, [chosen])
  const columns = useMemo((): readonly TableColumn<Patient>[] => {
    const today = formatDay(todayAtFacility())
    const all: TableColumn<Patient>[] = [
      { id: 'name', header: t.columns.name, width: 'minmax(8rem, 2fr)', value: (each) => each.name },
      { id: 'sex', header: t.columns.sex, width: '6rem', value: (each) => words.clinical.sex[each.sex] },
      {
        id: 'birthDate',
        header: t.columns.birthDate,
        width: 'minmax(7rem, 1fr)',
        value: (each) => each.birthDate ?? '',
        cell: (each) => formatCivilDate(each.birthDate ?? '', calendar),
      },
      {
        id: 'age',
        header: t.columns.age,
        width: '4.5rem',
        isNumeric: true,
        value: (each) => ageOn(each.birthDate, today) ?? null,
      },
      {
        id: 'record',
        header: t.columns.medicalRecordNumber,
        width: 'minmax(6rem, 1fr)',
        value: (each) => each.medicalRecordNumber ?? '',
      },
      {
        id: 'visits',
        header: t.columns.visits,
        width: '6rem',
        isNumeric: true,
        value: (each) => each.visitCount,
      },
      {
        id: 'lastVisit',
        header: t.columns.lastVisit,
        width: 'minmax(8rem, 1fr)',
        value: (each) => each.lastVisit ?? '',
        cell: (each) => formatRecordedInstant((each.lastVisit ?? '').slice(0, 10), calendar),
      },
    ]
    // Beside an open patient the list is there to choose the next one.
    return isNarrow
      ? all.flatMap((each) => (each.id in NARROW ? [{ ...each, width: NARROW[each.id]! }] : []))
      : all
  }, [words, t, calendar, isNarrow])
  const isNothingThere = found !== undefined && found.total === 0 && settled === ''

  return (
    <div className={styles.split} data-open={chosen !== undefined || undefined}>
      <div className={`room ${styles.list}`}>
        <header className="room-head">
          <h1>{t.title}</h1>
          <TextInput
            flex="1 1 14rem"
            maw="26rem"
            aria-label={t.searchLabel}
            placeholder={t.searchHint}
            leftSection={<IconSearch size={15} aria-hidden />}
            value={text}
            data-autofocus
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              // Of one that was found nobody has to ask which.
              const only =
                settled === text.trim() && found?.patients.length === 1 ? found.patients[0] : undefined
              if (event.key === 'Enter' && only !== undefined) go('patients', only.patientId)
            }}
          />
          <span className="secondary" role="status">
            {found &&
              (settled === ''
                ? t.lastUsed
                : found.patients.length === found.total
                  ? t.foundAll(found.total, formatNumber(found.total, locale))
                  : t.found(formatNumber(found.patients.length, locale), formatNumber(found.total, locale)))}
          </span>
          {!isNarrow && (
            <>
              <Button ml="auto" variant="subtle" onClick={() => go('patients', 'awaited')}>
                {words.people.late.open}
              </Button>
              <Button variant="subtle" onClick={() => go('patients', 'check')}>
                {words.history.check.title}
              </Button>
            </>
          )}
          <Button
            ml={isNarrow ? 'auto' : 0}
            variant="default"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={() => go('patients', 'new')}
          >
            {t.register}
          </Button>
        </header>
        <div className={styles.table}>
          {asked.failure !== undefined && !found ? (
            <FailureNote code={asked.failure} onRetry={asked.again} />
          ) : !found ? (
            <div className={styles.skeletons}>
              {Array.from({ length: 8 }, (_, i) => (
                <Skeleton key={i} height={18} />
              ))}
            </div>
          ) : isNothingThere ? (
            <EmptyState action={t.emptyAction} onAction={() => go('patients', 'new')}>
              {t.empty}
            </EmptyState>
          ) : found.patients.length === 0 ? (
            <EmptyState action={t.register} onAction={() => go('patients', 'new')}>
              {t.nothing(settled)}
            </EmptyState>
          ) : (
            <DataTable<Patient>
              label={t.title}
              columns={columns}
              rows={found.patients}
              rowId={(each) => each.patientId}
              selectedId={chosen}
              words={words.shell.table}
              onOpen={(each) => go('patients', each.patientId)}
              onSelect={(each) => chosen !== undefined && replacePlace('patients', each.patientId)}
            />
          )}
        </div>
      </div>
      {chosen !== undefined && <PatientPage key={chosen} patientId={chosen} begin={parts[1]} />}
      <Modal
        opened={parts[0] === 'new'}
        onClose={() => go('patients')}
        title={t.register}
        size="xl"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': words.shell.close }}
      >
        <RegisterPatient
          begin={parts[1] ?? text}
          onCancel={() => go('patients')}
          onRegistered={(patient) => {
            asked.again()
            go('patients', patient.patientId)
          }}
        />
      </Modal>
    </div>
  )
}
