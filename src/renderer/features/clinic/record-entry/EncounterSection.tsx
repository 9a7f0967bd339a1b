/** The visit itself: kind, when, where, why, who pays. */
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { Section } from './Section.tsx'
import { TEMPLATES } from './templates.ts'
import { readTime } from './typed.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function EncounterSection() {
  const words = useWords()
  const t = words.entry.encounter
  const encounter = useEntry((entry) => entry.form.encounter)
  const set = useEntry((entry) => entry.setEncounter)
  const template = useEntry((entry) => entry.form.template)
  const setTemplate = useEntry((entry) => entry.setTemplate)
  const locale = useLocale()
  const isStay = encounter.class === 'IMP' || encounter.class === 'OBSENC' || encounter.class === 'SS'
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
        <EntrySelect
          field="encounter.class"
          label={t.class}
          value={encounter.class}
          options={words.clinical.class}
          width="8.5rem"
          onChange={(value) => set({ class: value })}
        />
        <EntryText
          field="encounter.day"
          label={isStay ? t.dayAdmission : t.day}
          value={encounter.day}
          placeholder={t.dateHint}
          width="8.5rem"
          onChange={(day) => set({ day })}
          onLeave={plainDay('day')}
        />
        <EntryText
          field="encounter.time"
          label={t.time}
          value={encounter.time}
          width="4.75rem"
          onChange={(time) => set({ time })}
          onLeave={plainTime('time')}
        />
        {isStay && (
          <>
            <EntryText
              field="encounter.dischargeDay"
              label={t.dischargeDay}
              value={encounter.dischargeDay}
              placeholder={t.dateHint}
              width="8.5rem"
              onChange={(dischargeDay) => set({ dischargeDay })}
              onLeave={plainDay('dischargeDay')}
            />
            <EntryText
              field="encounter.dischargeTime"
              label={t.dischargeTime}
              value={encounter.dischargeTime}
              width="4.75rem"
              enter="skip"
              onChange={(dischargeTime) => set({ dischargeTime })}
              onLeave={plainTime('dischargeTime')}
            />
            <EntrySelect
              field="encounter.disposition"
              label={t.disposition}
              value={encounter.disposition as keyof typeof words.clinical.disposition}
              options={words.clinical.disposition}
              width="11rem"
              onChange={(disposition) => set({ disposition })}
            />
            <EntrySelect
              field="encounter.admitSource"
              label={t.admitSource}
              value={encounter.admitSource as keyof typeof words.clinical.admitSource}
              options={words.clinical.admitSource}
              width="11rem"
              enter="skip"
              onChange={(admitSource) => set({ admitSource })}
            />
          </>
        )}
        <div className={styles.grow}>
          <CodePicker
            list="department"
            field="encounter.department"
            label={t.department}
            picked={encounter.department}
            onChange={(department) => set({ department })}
          />
        </div>
        <div className={styles.grow2}>
          <EntryText
            field="encounter.reason"
            label={t.reason}
            value={encounter.reason}
            onChange={(reason) => set({ reason })}
          />
        </div>
        <EntrySelect
          field="template"
          label={t.template}
          value={template}
          options={templateNames(locale)}
          width="11rem"
          enter="skip"
          onChange={setTemplate}
        />
        <EntrySelect
          field="encounter.status"
          label={t.status}
          value={encounter.status}
          options={words.clinical.status}
          only={['finished', 'in-progress', 'planned']}
          width="8rem"
          enter="skip"
          onChange={(status) => set({ status })}
        />
        <EntrySelect
          field="encounter.payer"
          label={t.payer}
          value={encounter.payer}
          options={words.clinical.payer}
          width="13.5rem"
          enter="skip"
          onChange={(payer) => set({ payer })}
        />
        <EntryText
          field="encounter.payerGroup"
          label={t.payerGroup}
          value={encounter.payerGroup}
          placeholder={t.payerGroupHint}
          width="10rem"
          enter="skip"
          onChange={(payerGroup) => set({ payerGroup })}
        />
        <EntryText
          field="encounter.attender"
          label={t.attender}
          value={encounter.attender}
          placeholder={t.attenderHint}
          width="8rem"
          enter="skip"
          onChange={(attender) => set({ attender })}
        />
        <EntrySelect
          field="encounter.consent"
          label={t.consent}
          value={encounter.consent}
          options={words.clinical.consent}
          width="14rem"
          enter="skip"
          onChange={(consent) => set({ consent })}
        />
      </div>
    </Section>
  )
}

const templateNames = (locale: string): Readonly<Record<string, string>> =>
  Object.fromEntries(TEMPLATES.map((each) => [each.id, locale === 'zh-Hant' ? each.zh : each.en]))
