/** The visit itself: kind, when, where, why, who pays. */
import { Button, UnstyledButton } from '@mantine/core'
import { type ComponentProps, useState } from 'react'
import { zoneNoteNow } from '../../../lib/facility-clock.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ConsentFields } from './ConsentFields.tsx'
import { CodePicker } from './CodePicker.tsx'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import type { EncounterForm } from './form.ts'
import { Section } from './Section.tsx'
import { InsurerFields } from './InsurerFields.tsx'
import { OwnTemplates } from './OwnTemplates.tsx'
import { TEMPLATES, type VisitTemplate } from './templates.ts'
import { useTemplates } from './use-templates.ts'
import { goToField } from './go-on.ts'
import { readTime } from './typed.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function EncounterSection() {
  const words = useWords()
  const t = words.entry.encounter
  const set = useEntry((entry) => entry.setEncounter)
  const kind = useEntry((entry) => entry.form.encounter.class)
  const template = useEntry((entry) => entry.form.template)
  const setTemplate = useEntry((entry) => entry.setTemplate)
  const own = useTemplates((templates) => templates.own)
  const before = useEntry((entry) => entry.switchedFrom)
  const [isManaging, setManaging] = useState(false)
  const locale = useLocale()
  const names = templateNames(locale, own)
  const isStay = kind === 'IMP' || kind === 'OBSENC' || kind === 'SS'
  const plainDay = (key: 'day' | 'dischargeDay') => (text: string) => {
    const day = readDay(text, todayNow())
    if (day !== null && day !== text) set({ [key]: day })
  }
  const plainTime = (key: 'time' | 'dischargeTime') => (text: string) => {
    const time = readTime(text)
    if (time !== null && time !== text) set({ [key]: time })
  }
  return (
    <Section number={2}>
      <div className={styles.wrap}>
        <EncounterSelect of="class" label={t.class} options={words.clinical.class} width="8.5rem" />
        <EncounterText
          of="day"
          label={isStay ? t.dayAdmission : t.day}
          placeholder={t.dateHint}
          width="8.5rem"
          onLeave={plainDay('day')}
        />
        <EncounterText
          of="time"
          label={t.time}
          width="4.75rem"
          hint={zoneNoteNow() ?? undefined}
          onLeave={plainTime('time')}
        />
        {isStay && (
          <>
            <EncounterText
              of="dischargeDay"
              label={t.dischargeDay}
              placeholder={t.dateHint}
              width="8.5rem"
              onLeave={plainDay('dischargeDay')}
            />
            <EncounterText
              of="dischargeTime"
              label={t.dischargeTime}
              width="4.75rem"
              enter="skip"
              onLeave={plainTime('dischargeTime')}
            />
            <EncounterSelect
              of="disposition"
              label={t.disposition}
              options={words.clinical.disposition}
              width="11rem"
            />
            <EncounterSelect
              of="admitSource"
              label={t.admitSource}
              options={words.clinical.admitSource}
              width="11rem"
              enter="skip"
            />
          </>
        )}
        <div className={styles.grow}>
          <Department />
        </div>
        <div className={styles.grow2}>
          <EncounterText of="reason" label={t.reason} />
        </div>
        <EntrySelect
          field="template"
          label={t.template}
          value={template}
          options={names}
          width="11rem"
          enter="skip"
          hint={
            before === null ? undefined : (
              <span role="status">
                {words.entry.templates.switched}{' '}
                <UnstyledButton className={styles.suggestion} onClick={() => setTemplate(before)}>
                  {words.entry.templates.switchBack(names[before] ?? before)}
                </UnstyledButton>
              </span>
            )
          }
          onChange={setTemplate}
        />
        <Button
          variant="subtle"
          size="compact-sm"
          className={styles.more}
          aria-expanded={isManaging}
          onClick={() => setManaging(!isManaging)}
        >
          {words.entry.templates.open}
        </Button>
        <EncounterSelect
          of="status"
          label={t.status}
          options={words.clinical.status}
          only={['finished', 'in-progress', 'planned']}
          width="8rem"
          enter="skip"
        />
        <EncounterSelect
          of="payer"
          label={t.payer}
          options={words.clinical.payer}
          width="13.5rem"
          enter="skip"
        />
        <InsurerFields />
        <EncounterText
          of="payerGroup"
          label={t.payerGroup}
          placeholder={t.payerGroupHint}
          width="10rem"
          enter="skip"
        />
        <EncounterText
          of="attender"
          label={t.attender}
          placeholder={t.attenderHint}
          width="8rem"
          enter="skip"
        />
        <ConsentFields />
      </div>
      {isManaging && (
        <OwnTemplates
          onClose={() => {
            setManaging(false)
            queueMicrotask(() => goToField('template'))
          }}
        />
      )}
    </Section>
  )
}

/* Each field by itself: a key in one of them draws that one. */

type TextKey = 'day' | 'time' | 'dischargeDay' | 'dischargeTime' | 'reason' | 'payerGroup' | 'attender'

function EncounterText({
  of,
  ...rest
}: { readonly of: TextKey } & Omit<ComponentProps<typeof EntryText>, 'field' | 'value' | 'onChange'>) {
  const value = useEntry((entry) => entry.form.encounter[of])
  const set = useEntry((entry) => entry.setEncounter)
  return (
    <EntryText field={`encounter.${of}`} value={value} onChange={(text) => set({ [of]: text })} {...rest} />
  )
}

type ChoiceKey = 'class' | 'disposition' | 'admitSource' | 'status' | 'payer'

function EncounterSelect({
  of,
  ...rest
}: { readonly of: ChoiceKey } & Omit<
  ComponentProps<typeof EntrySelect<string>>,
  'field' | 'value' | 'onChange'
>) {
  const value = useEntry((entry) => entry.form.encounter[of])
  const set = useEntry((entry) => entry.setEncounter)
  return (
    <EntrySelect
      field={`encounter.${of}`}
      value={value}
      onChange={(chosen) => set({ [of]: chosen } as Partial<EncounterForm>)}
      {...rest}
    />
  )
}

function Department() {
  const t = useWords().entry.encounter
  const department = useEntry((entry) => entry.form.encounter.department)
  const set = useEntry((entry) => entry.setEncounter)
  return (
    <CodePicker
      list="department"
      field="encounter.department"
      label={t.department}
      picked={department}
      onChange={(chosen) => set({ department: chosen })}
    />
  )
}

const templateNames = (locale: string, own: readonly VisitTemplate[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...own, ...TEMPLATES].map((each) => [each.id, locale === 'zh-Hant' ? each.zh : each.en]),
  )
