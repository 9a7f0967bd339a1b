/** What the hospital's own codes are, and what no column says. */
import { NativeSelect, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { unitsOf } from '../../../../shared/domain/units.ts'
import type { Code } from '../../../../shared/domain/visit.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { OwnWords } from './OwnWords.tsx'
import { useWizard } from './use-wizard.ts'
import { codeOfLoinc, testChoices } from './wizard.ts'
import styles from './Wizard.module.css'

const CLASSES = ['', 'AMB', 'EMER', 'IMP'] as const

export function CodesStep() {
  const t = useWords().tables
  const locale = useLocale()
  const { looked, answers, change } = useWizard()
  const choices = useMemo(() => testChoices(locale), [locale])
  const found = (looked?.tables ?? []).flatMap(({ tests }) => tests)
  const emptyClass =
    answers.values.find(({ field, from }) => field === 'visit.class' && from === '')?.to ?? ''
  return (
    <div className={styles.step}>
      {found.length === 0 ? (
        <p className="secondary">{t.noCodes}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.columns}>
            <thead>
              <tr>
                <th scope="col">{t.ownCode}</th>
                <th scope="col">{t.seen}</th>
                <th scope="col">{t.units}</th>
                <th scope="col">{t.isTest}</th>
                <th scope="col">{t.unitIfNone}</th>
              </tr>
            </thead>
            <tbody>
              {found.map(({ from, name, count, units }) => {
                const answer = answers.tests.get(from) ?? { to: null, unit: '' }
                const set = (part: Partial<typeof answer>) =>
                  change({ tests: new Map(answers.tests).set(from, { ...answer, ...part }) })
                const isOther = answer.to !== null && labTestOf(answer.to) === null
                return (
                  <tr key={from}>
                    <th scope="row">{name === '' || name === from ? from : `${from} ${name}`}</th>
                    <td>{formatNumber(count, locale)}</td>
                    <td>{units.join(' · ')}</td>
                    <td>
                      <NativeSelect
                        size="xs"
                        aria-label={t.codeOf(from)}
                        value={answer.to?.code ?? ''}
                        data={[
                          { value: '', label: t.keepOwn },
                          // A LOINC code that is not among ours stays what it is.
                          ...(isOther
                            ? [{ value: answer.to!.code, label: answer.to!.display ?? answer.to!.code }]
                            : []),
                          ...choices,
                        ]}
                        onChange={(event) => {
                          const { value } = event.currentTarget
                          const kept = isOther && value === answer.to!.code ? answer.to : null
                          set({ to: codeOfLoinc(value) ?? kept })
                        }}
                      />
                    </td>
                    <td>
                      <TextInput
                        size="xs"
                        w={110}
                        aria-label={t.codeUnitOf(from)}
                        list={`units-of-${from}`}
                        value={answer.unit}
                        maxLength={64}
                        onChange={(event) => set({ unit: event.currentTarget.value })}
                      />
                      {/* Offered and not shown in the field: there it looks filled in. */}
                      <datalist id={`units-of-${from}`}>
                        {unitsFor(answer.to).map((unit) => (
                          <option key={unit} value={unit} />
                        ))}
                      </datalist>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      <OwnWords />
      <h3 className={styles.heading}>{t.other}</h3>
      <div className={styles.controls}>
        <NativeSelect
          label={t.diagnosesAre}
          value={answers.diagnoses}
          data={[
            { value: 'icd-10-cm', label: t.diagnosisSystems['icd-10-cm'] },
            { value: 'icd-10', label: t.diagnosisSystems['icd-10'] },
          ]}
          onChange={(event) =>
            change({ diagnoses: event.currentTarget.value === 'icd-10' ? 'icd-10' : 'icd-10-cm' })
          }
        />
        <NativeSelect
          label={t.emptyClass}
          value={emptyClass}
          data={CLASSES.map((value) => ({ value, label: t.classes[value] }))}
          onChange={(event) => {
            const to = event.currentTarget.value
            const others = answers.values.filter(({ field, from }) => field !== 'visit.class' || from !== '')
            change({ values: to === '' ? others : [...others, { field: 'visit.class', from: '', to }] })
          }}
        />
        <TextInput
          label={t.currency}
          w={110}
          value={answers.currency}
          maxLength={3}
          onChange={(event) =>
            change({ currency: event.currentTarget.value.toUpperCase().replace(/[^A-Z]/g, '') })
          }
        />
        <TextInput
          label={t.source}
          description={t.sourceHint}
          value={answers.source}
          maxLength={100}
          onChange={(event) => change({ source: event.currentTarget.value })}
        />
      </div>
    </div>
  )
}

function unitsFor(code: Code | null): string[] {
  const test = code === null ? null : labTestOf(code)
  return test === null ? [] : [...unitsOf(test)]
}
