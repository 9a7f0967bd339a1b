/** Order of the sections and vital signs of an own template, and what a visit under it needs. All of it by keyboard. */
import { ActionIcon, Button, Checkbox, NativeSelect } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { VITALS, type VitalKey } from './form.ts'
import { fieldsOf, moved, type Need, needOf, withNeed, withVital } from './own-templates.ts'
import type { VisitTemplate } from './templates.ts'
import styles from './Entry.module.css'

interface Props {
  readonly template: VisitTemplate
  onKeep(changed: VisitTemplate): void
  onClose(): void
}

const NEEDS: readonly Need[] = ['free', 'expected', 'required']

export function TemplateFields({ template, onKeep, onClose }: Props) {
  const words = useWords()
  const t = words.entry.templates
  const locale = useLocale()
  const [changed, setChanged] = useState(template)
  const { sections, vitals } = changed
  const nameOf = (field: string): string => {
    const [place, key = ''] = field.split('.')
    const test = place === 'labs' ? labTestByKey(key) : null
    if (test !== null) return locale === 'zh-Hant' ? test.zh : test.en
    if (place === 'vitals') return words.entry.vitals.names[key as VitalKey]
    return words.findings.expected[field] ?? field
  }
  return (
    <div
      className={styles.templateFields}
      role="group"
      aria-label={`${t.fields}, ${template.en}`}
      data-testid="template-fields"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <fieldset>
        <legend>{t.order}</legend>
        {sections.map((section, i) => (
          <Movable
            key={section}
            name={words.entry.sections[section - 1] ?? ''}
            place={`section-${section}`}
            onMove={(step) => setChanged({ ...changed, sections: moved(sections, i, step) })}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t.vitalsOrder}</legend>
        {[...vitals, ...VITALS.filter((key) => !vitals.includes(key))].map((key) => (
          <Movable
            key={key}
            name={nameOf(`vitals.${key}`)}
            place={`vital-${key}`}
            isShown={vitals.includes(key)}
            onShow={(isShown) => setChanged(withVital(changed, key, isShown))}
            onMove={(step) => setChanged({ ...changed, vitals: moved(vitals, vitals.indexOf(key), step) })}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t.needs}</legend>
        {fieldsOf(changed).map((field) => (
          <NativeSelect
            key={field}
            size="xs"
            label={nameOf(field)}
            data-need={field}
            value={needOf(changed, field)}
            data={NEEDS.map((need) => ({ value: need, label: t.need[need] }))}
            onChange={(event) => setChanged(withNeed(changed, field, event.currentTarget.value as Need))}
          />
        ))}
      </fieldset>
      <div className={styles.templateLine}>
        <Button size="compact-sm" onClick={() => onKeep(changed)}>
          {t.keep}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {words.shell.cancel}
        </Button>
      </div>
    </div>
  )
}

interface MovableProps {
  readonly name: string
  readonly place: string
  readonly isShown?: boolean
  onShow?(isShown: boolean): void
  onMove(step: 1 | -1): void
}

/** Two buttons beside a name; what was moved keeps the focus, so that the same key moves it further. */
function Movable({ name, place, isShown, onShow, onMove }: MovableProps) {
  const t = useWords().entry.templates
  const move = (step: 1 | -1) => {
    onMove(step)
    const button = `[data-move="${place} ${step}"]`
    queueMicrotask(() => document.querySelector<HTMLElement>(button)?.focus())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(event.key === 'ArrowUp' ? -1 : 1)
  }
  const isFixed = isShown === false
  return (
    <div className={styles.templateLine} onKeyDown={isFixed ? undefined : onKeyDown}>
      {([-1, 1] as const).map((step) => (
        <ActionIcon
          key={step}
          variant="default"
          size={26}
          disabled={isFixed}
          data-move={`${place} ${step}`}
          aria-label={step < 0 ? t.earlier(name) : t.later(name)}
          title={step < 0 ? 'Alt+↑' : 'Alt+↓'}
          onClick={() => move(step)}
        >
          {step < 0 ? <IconArrowUp size={14} aria-hidden /> : <IconArrowDown size={14} aria-hidden />}
        </ActionIcon>
      ))}
      {isShown === undefined ? (
        <span>{name}</span>
      ) : (
        <Checkbox
          size="xs"
          label={name}
          aria-label={t.shown(name)}
          checked={isShown}
          onChange={(event) => onShow?.(event.currentTarget.checked)}
        />
      )}
    </div>
  )
}
