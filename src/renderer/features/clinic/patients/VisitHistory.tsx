/** A patient's visits in the order of time, with filters; what was replaced or taken back stays in sight. */
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import { todayAtFacility } from '../../../lib/facility-clock.ts'
import { formatNumber } from '../../../lib/format.ts'
import { go } from '../../../lib/router.ts'
import { codesOf, useCodeNames } from '../../../parts/code-names.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import {
  departmentsIn,
  fits,
  hospitalsIn,
  inChronology,
  NO_FILTER,
  OWN_HOSPITAL,
  type HistoryFilter,
  type VisitGroup,
} from './history-filter.ts'
import styles from './Patients.module.css'
import { VisitCard, type Doing } from './VisitCard.tsx'

interface Props {
  readonly patient: Patient
  readonly groups: readonly VisitGroup[]
  /** Names of the other entries of the same person, by id. */
  readonly entryNames: ReadonlyMap<string, string>
  onDo(doing: Doing, version: VersionOfVisit): void
}

const CLASSES = ['AMB', 'EMER', 'IMP', 'OBSENC', 'HH', 'VR', 'SS', 'UNK'] as const

export function VisitHistory({ patient, groups, entryNames, onDo }: Props) {
  const words = useWords()
  const t = words.history.filters
  const locale = useLocale()
  const [filter, setFilter] = useState<HistoryFilter>(NO_FILTER)
  const [isNewestFirst, setNewestFirst] = useState(true)
  const [open, setOpen] = useState<string | null>(null)
  const nameOf = useCodeNames(groups.flatMap(({ current }) => codesOf(current.record)))
  if (groups.length === 0)
    return (
      <EmptyState action={words.patients.newVisit} onAction={() => go('record', 'for', patient.patientId)}>
        {words.patients.visitsEmpty}
      </EmptyState>
    )
  const dayOf = (text: string) => readDay(text, todayAtFacility()) ?? ''
  const wanted = { ...filter, from: dayOf(filter.from), to: dayOf(filter.to) }
  const shown = inChronology(
    groups.filter(({ current }) => fits(current, wanted, nameOf)),
    isNewestFirst,
  )
  const set = (patch: Partial<HistoryFilter>) => setFilter({ ...filter, ...patch })
  const isFiltered = Object.values(filter).some((value) => value !== '')
  const hospitals = hospitalsIn(groups)
  const kinds = CLASSES.filter((kind) =>
    groups.some(({ current }) => current.record.encounter.class === kind),
  )
  return (
    <>
      <div className={styles.filters} role="search" aria-label={t.label}>
        <TextInput
          flex="1 1 9rem"
          label={t.code}
          placeholder={t.codeHint}
          value={filter.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <NativeSelect
          flex="0 1 8rem"
          label={t.kind}
          value={filter.kind}
          data={[
            { value: '', label: t.everyKind },
            ...kinds.map((value) => ({ value, label: words.clinical.class[value] })),
          ]}
          onChange={(event) => set({ kind: event.currentTarget.value })}
        />
        {hospitals.length > 0 && (
          <NativeSelect
            flex="0 1 13rem"
            title={hospitals.find(({ memberId }) => memberId === filter.hospital)?.name}
            label={t.hospital}
            value={filter.hospital}
            data={[
              { value: '', label: t.everyHospital },
              { value: OWN_HOSPITAL, label: t.ownHospital },
              ...hospitals.map(({ memberId, name }) => ({ value: memberId, label: name })),
            ]}
            onChange={(event) => set({ hospital: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          flex="1 1 11rem"
          label={t.department}
          value={filter.department}
          data={[
            { value: '', label: t.everyDepartment },
            ...departmentsIn(groups).map((each) => ({ value: each.code, label: nameOf(each) ?? each.code })),
          ]}
          onChange={(event) => set({ department: event.currentTarget.value })}
        />
        {(['from', 'to'] as const).map((which) => (
          <TextInput
            key={which}
            flex="0 1 7rem"
            label={t[which]}
            value={filter[which]}
            onChange={(event) => set({ [which]: event.currentTarget.value })}
            onBlur={() => filter[which] !== '' && set({ [which]: dayOf(filter[which]) })}
          />
        ))}
      </div>
      <div className={styles.tools}>
        <span className="secondary" role="status">
          {t.shown(formatNumber(shown.length, locale), formatNumber(groups.length, locale))}
        </span>
        {isFiltered && (
          <Button size="compact-sm" variant="subtle" onClick={() => setFilter(NO_FILTER)}>
            {t.clear}
          </Button>
        )}
        <SegmentedControl
          size="xs"
          ml="auto"
          aria-label={t.order}
          value={isNewestFirst ? 'newest' : 'oldest'}
          data={[
            { value: 'newest', label: t.newestFirst },
            { value: 'oldest', label: t.oldestFirst },
          ]}
          onChange={(order) => setNewestFirst(order === 'newest')}
        />
      </div>
      {shown.length === 0 && <EmptyState>{t.none}</EmptyState>}
      <ul className={styles.visits}>
        {shown.map((group) => (
          <VisitCard
            key={group.visitId}
            group={group}
            patientId={group.current.patientId}
            entryName={entryNames.get(group.current.patientId)}
            isOpen={open === group.visitId}
            nameOf={nameOf}
            onToggle={() => setOpen(open === group.visitId ? null : group.visitId)}
            onDo={onDo}
          />
        ))}
      </ul>
    </>
  )
}
