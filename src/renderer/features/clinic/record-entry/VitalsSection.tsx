/** Vital signs: bare numbers with unit and usual range; `120/80` fills both pressures. Each set has its time. */
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { unitUnderstood } from '../../../../shared/domain/units.ts'
import { Keys } from '../../../ui/Kbd.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { VITALS, type VisitForm, type VitalKey } from './form.ts'
import { goToField } from './go-on.ts'
import { Section } from './Section.tsx'
import { templateOf, vitalsShown } from './templates.ts'
import { flagOf } from './result-range.ts'
import { parseBloodPressure, parseTypedNumber, plainMoment, unitMeant } from './typed.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { inOwnUnit, showUnit } from '../../../parts/units.ts'
import { todayNow, useEntry } from './use-entry.ts'
import { FURTHER_SETS_MAX, momentsOfSets, NO_VITALS } from './vital-sets.ts'
import styles from './Entry.module.css'

export function VitalsSection() {
  const words = useWords()
  const t = words.entry.vitals
  const smoking = useEntry((entry) => entry.form.smoking)
  const isSmokingCopied = useEntry((entry) => entry.form.copied.includes('smoking'))
  const shown = useEntry((entry) =>
    entry.isWhole
      ? VITALS.join(' ')
      : vitalsShown(templateOf(entry.form.template), entry.form.vitals).join(' '),
  )
  const isWhole = useEntry((entry) => entry.isWhole)
  const showWhole = useEntry((entry) => entry.showWhole)
  const hasMass = shown.includes('height') && shown.includes('weight')
  const set = useEntry((entry) => entry.set)
  const further = useEntry((entry) => entry.form.furtherVitals.map(({ id }) => id).join(' '))
  const ids = further === '' ? [] : further.split(' ')
  const addVitals = useEntry((entry) => entry.addVitals)
  const add = () => {
    const id = addVitals()
    if (id !== null) queueMicrotask(() => goToField(`furtherVitals.${id}.at`))
  }
  return (
    <Section number={3} side={t.hint}>
      <div className={styles.vitals}>
        <MeasuredAt place={null} />
        {(shown.split(' ') as VitalKey[]).map((key) => (
          <Vital key={key} place={null} vital={key} />
        ))}
        {hasMass && <BodyMassIndex />}
        <div className={styles.wide}>
          <EntrySelect
            field="smoking"
            label={t.smoking}
            width="10.5rem"
            value={smoking as keyof typeof words.clinical.smoking}
            options={words.clinical.smoking}
            enter="skip"
            isCopied={isSmokingCopied}
            onChange={(value) => set({ smoking: value })}
          />
        </div>
        {!isWhole && shown.split(' ').length < VITALS.length && (
          <Button variant="subtle" size="compact-sm" className={styles.more} onClick={showWhole}>
            {t.more}
          </Button>
        )}
      </div>
      {ids.map((id, i) => (
        <FurtherSet key={id} id={id} number={i + 2} shown={shown.split(' ') as VitalKey[]} />
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        className={styles.more}
        disabled={ids.length >= FURTHER_SETS_MAX}
        rightSection={<Keys of="Alt N" />}
        onClick={add}
      >
        {t.another}
      </Button>
    </Section>
  )
}

/** The same signs at another time. The height is measured once, so it is shown where a source has it. */
function FurtherSet({ id, number, shown }: { readonly id: string; number: number; shown: VitalKey[] }) {
  const t = useWords().entry.vitals
  const filled = useEntry((entry) => {
    const values = valuesAt(entry.form, id)
    return VITALS.filter((key) => values[key].trim() !== '').join(' ')
  })
  const removeVitals = useEntry((entry) => entry.removeVitals)
  const isFilled = (key: VitalKey) => filled.split(' ').includes(key)
  const keys = [
    ...shown.filter((key) => key !== 'height' || isFilled(key)),
    ...VITALS.filter((key) => !shown.includes(key) && isFilled(key)),
  ]
  return (
    <div role="group" aria-label={t.set(number)} className={styles.furtherVitals} data-testid="vital-set">
      <div className={styles.vitals}>
        <MeasuredAt place={id} />
        {keys.map((key) => (
          <Vital key={key} place={id} vital={key} />
        ))}
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={t.removeSet(number)}
        onClick={() => removeVitals(id)}
      >
        <IconX size={15} aria-hidden />
      </ActionIcon>
    </div>
  )
}

/** `place` is the name of a further set, null for the first one. */
interface Place {
  readonly place: string | null
}

function MeasuredAt({ place }: Place) {
  const t = useWords().entry.vitals
  const text = useEntry((entry) =>
    place === null
      ? entry.form.vitalsAt
      : (entry.form.furtherVitals.find(({ id }) => id === place)?.at ?? ''),
  )
  // The day that a time alone is of depends on the sets before it.
  const understood = useEntry((entry) => {
    const { form } = entry
    const at = place === null ? 0 : form.furtherVitals.findIndex(({ id }) => id === place) + 1
    const day = readDay(form.encounter.day, todayNow()) ?? ''
    return momentsOfSets(form, day, (_field, typed) => plainMoment(typed, todayNow()) ?? '')[at] ?? ''
  })
  const set = useEntry((entry) => entry.set)
  const setFurther = useEntry((entry) => entry.setFurtherVitals)
  return (
    <EntryText
      field={place === null ? 'vitalsAt' : `furtherVitals.${place}.at`}
      label={t.at}
      value={text}
      placeholder={place === null ? t.atBeginning : t.atHint}
      hint={understood === '' || understood === text ? undefined : understood}
      {...(place === null ? { enter: 'skip' as const } : {})}
      onChange={(at) => (place === null ? set({ vitalsAt: at }) : setFurther(place, { at }))}
    />
  )
}

const valuesAt = (form: VisitForm, place: string | null): VisitForm['vitals'] =>
  place === null ? form.vitals : (form.furtherVitals.find(({ id }) => id === place)?.values ?? NO_VITALS)

function Vital({ place, vital }: Place & { readonly vital: VitalKey }) {
  const words = useWords()
  const t = words.entry.vitals
  const value = useEntry((entry) => valuesAt(entry.form, place)[vital])
  const setFirst = useEntry((entry) => entry.setVitals)
  const setFurther = useEntry((entry) => entry.setFurtherVitals)
  const setVitals = (patch: Partial<Record<VitalKey, string>>) =>
    place === null ? setFirst(patch) : setFurther(place, patch)
  // `120/80` has filled the second field; Enter in it would invite the next number to overwrite it.
  const isFilled = useEntry(
    (entry) => vital === 'dbp' && parseBloodPressure(valuesAt(entry.form, place).sbp) !== null,
  )
  const isCopied = useEntry((entry) => place === null && entry.form.copied.includes(`vitals.${vital}`))
  const test = labTestByKey(vital)
  if (!test) return null
  // `185/95` is judged while it stands there, as 185 is once the field is left.
  const number = parseTypedNumber(
    (vital === 'sbp' ? parseBloodPressure(value)?.systolic : undefined) ?? value,
  )
  const typedUnit = number?.unitTyped === undefined ? undefined : unitMeant(test, number.unitTyped)
  const converted = number && typedUnit ? inOwnUnit(test, number.value, typedUnit) : null
  const flag = number ? flagOf(test, number.value, typedUnit ?? test.unit) : undefined
  const range = test.reference ? `${test.reference[0] ?? ''}–${test.reference[1] ?? ''}` : ''
  const hint =
    converted !== null
      ? t.converted(converted)
      : flag !== undefined
        ? flag === 'H'
          ? words.entry.labs.high
          : words.entry.labs.low
        : range === ''
          ? undefined
          : t.usual(range)
  return (
    <EntryText
      field={place === null ? `vitals.${vital}` : `furtherVitals.${place}.${vital}`}
      label={t.names[vital]}
      value={value}
      isCopied={isCopied}
      {...(isFilled ? { enter: 'skip' as const } : {})}
      unit={number?.unitTyped === undefined ? showUnit(test.unit) : ''}
      hint={flag === undefined || converted !== null ? hint : <strong className={styles.flag}>{hint}</strong>}
      onChange={(text) => {
        const both = vital === 'sbp' ? parseBloodPressure(text) : null
        // Filled while typing, so that 120/80 and Enter is all that is needed; the slash goes when the field is left.
        setVitals(both ? { sbp: text, dbp: both.diastolic } : { [vital]: text })
      }}
      onLeave={(text) => {
        const both = vital === 'sbp' ? parseBloodPressure(text) : null
        if (both) setVitals({ sbp: both.systolic, dbp: both.diastolic })
      }}
    />
  )
}

function BodyMassIndex() {
  const t = useWords().entry.vitals
  const height = useEntry((entry) => entry.form.vitals.height)
  const weight = useEntry((entry) => entry.form.vitals.weight)
  const [tall, heavy] = [own('height', height), own('weight', weight)]
  const index = tall && heavy ? heavy / (tall / 100) ** 2 : null
  return (
    <div className={styles.derived}>
      <span className={styles.derivedName}>{t.bmi}</span>
      <output className={styles.derivedValue}>
        {index === null || !Number.isFinite(index) ? '–' : index.toFixed(1)}{' '}
        <span className={styles.unit}>{showUnit('kg/m2')}</span>
      </output>
      <span className="secondary">{t.bmiHint}</span>
    </div>
  )
}

/** A typed vital sign in its own unit, or null. */
function own(key: 'height' | 'weight', text: string): number | null {
  const test = labTestByKey(key)
  const number = parseTypedNumber(text)
  if (!test || !number) return null
  const unit = number.unitTyped === undefined ? test.unit : unitMeant(test, number.unitTyped)
  const rule = unit === null ? null : unitUnderstood(test, unit)
  return rule ? Number(number.value) * rule.factor + rule.offset : null
}
