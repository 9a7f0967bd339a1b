/** A decoded record, readable: what a clinician wants to see of a visit. Used by the patient's page and the explorer. */
import { confirmedByKind } from '../../shared/domain/confirmed-kinds.ts'
import { editionsOf } from '../../shared/domain/coded-with.ts'
import { labTestOf } from '../../shared/domain/lab-tests.ts'
import type { Code, Observation, VisitRecord } from '../../shared/domain/visit.ts'
import { formatCivilDate, formatCode, formatMoney, formatRecordedInstant } from '../lib/format.ts'
import { recordedZoneNote } from '../lib/zone.ts'
import { useSettings } from '../lib/session.ts'
import { Field, Fields } from '../ui/Field.tsx'
import { useLocale, useWords, type Words } from '../words/catalogue.ts'
import { codesOf, useCodeNames } from './code-names.ts'
import { sayHowOften, withDose } from './dosing-words.ts'
import styles from './RecordView.module.css'
import { inOwnUnit, showUnit } from './units.ts'

export function RecordView({ record }: { readonly record: VisitRecord }) {
  const words = useWords()
  const t = words.patients.record
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const nameOf = useCodeNames(codesOf(record))
  const { encounter, envelope, outcome } = record
  // A clock of another zone than this machine's says which it is.
  const when = (at: string) =>
    [formatRecordedInstant(at, calendar), recordedZoneNote(at)].filter(Boolean).join(' ')
  const consentText = ({ scope, from, to, ref }: VisitRecord['patient']['consent']): string =>
    [
      `${t.consent}: ${words.clinical.consent[scope]}`,
      from === undefined ? '' : `${t.consentFrom} ${formatCivilDate(from, calendar)}`,
      to === undefined ? '' : `${t.consentTo} ${formatCivilDate(to, calendar)}`,
      ref ?? '',
    ]
      .filter((part) => part !== '')
      .join(', ')
  const vitals = record.observations.filter(isVital)
  const isSeveral = new Set(vitals.map((each) => each.effective)).size > 1
  const labs = record.observations.filter((each) => each.kind === 'lab')
  const other = record.observations.filter((each) => !isVital(each) && each.kind !== 'lab')
  const dispositions: Record<string, string> = words.clinical.disposition
  const routes: Record<string, string> = words.clinical.route
  return (
    <div className={styles.record}>
      <Fields>
        <Field name={t.admission}>
          {when(encounter.admission.at)} · {words.clinical.class[encounter.class]} ·{' '}
          {words.clinical.status[encounter.status]}
        </Field>
        {encounter.discharge && (
          <Field name={t.discharge}>
            {when(encounter.discharge.at)}
            {encounter.dischargeDisposition !== undefined &&
              ` · ${dispositions[encounter.dischargeDisposition] ?? encounter.dischargeDisposition}`}
          </Field>
        )}
        {encounter.department && (
          <Field name={t.department}>{nameOf(encounter.department) ?? encounter.department.code}</Field>
        )}
        {encounter.reason && (
          <Field name={t.reason}>
            {[
              encounter.reason.code && (encounter.reason.code.display ?? encounter.reason.code.code),
              encounter.reason.text,
            ]
              .filter(Boolean)
              .join(' · ')}
          </Field>
        )}
        <Field name={t.payer}>
          {[
            words.clinical.payer[encounter.payer.type],
            encounter.payer.organisation,
            encounter.payer.plan,
            encounter.payer.group,
            encounter.payer.memberToken === undefined ? undefined : t.memberNumberKept,
          ]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </Field>
      </Fields>
      {record.diagnoses.length > 0 && (
        <Part title={t.diagnoses}>
          <ul className={styles.lines}>
            {record.diagnoses.map((each) => (
              <li key={each.rank}>
                <strong>{showCode(each.code)}</strong> {nameOf(each.code)}
                {each.text !== undefined && each.text !== each.code.display && <> · {each.text}</>}{' '}
                <span className="secondary">
                  {[
                    words.clinical.role[each.role],
                    each.chronic === true ? t.chronic : undefined,
                    each.verification === 'confirmed'
                      ? undefined
                      : words.clinical.verification[each.verification],
                    each.onset === undefined ? undefined : `${t.onset} ${when(each.onset)}`,
                    each.abatement === undefined ? undefined : `${t.abatement} ${when(each.abatement)}`,
                    each.unlisted === true ? t.unlisted : undefined,
                  ]
                    .filter((part) => part !== undefined)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {vitals.length > 0 && (
        <Part title={t.vitals}>
          <div className={styles.values}>
            {vitals.map((each, i) => (
              <span key={i}>
                {/* The time once for each set, where there are several. */}
                {isSeveral && each.effective !== undefined && each.effective !== vitals[i - 1]?.effective && (
                  <strong>{when(each.effective)} </strong>
                )}
                <span className="secondary">{observationName(each, locale)}</span>{' '}
                <ObservationValue of={each} words={words} />
              </span>
            ))}
          </div>
        </Part>
      )}
      {labs.length > 0 && (
        <Part title={t.labs}>
          <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.labs}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t.test}</th>
                  <th scope="col" className={styles.number}>
                    {t.value}
                  </th>
                  <th scope="col">{t.reference}</th>
                  <th scope="col">{t.collected}</th>
                  <th scope="col">{t.resulted}</th>
                </tr>
              </thead>
              <tbody>
                {labs.map((each, i) => (
                  <tr key={i}>
                    <td>{observationName(each, locale)}</td>
                    <td className={styles.number}>
                      <ObservationValue of={each} words={words} />
                    </td>
                    <td className={styles.date}>{each.refText ?? rangeText(each)}</td>
                    <td className={styles.date}>
                      {each.specimenCollected === undefined ? '' : when(each.specimenCollected)}
                    </td>
                    <td className={styles.date}>
                      {each.resultDate === undefined ? '' : when(each.resultDate)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Part>
      )}
      {other.length > 0 && (
        <Part title={t.other}>
          <ul className={styles.lines}>
            {other.map((each, i) => (
              <li key={i}>
                <span className="secondary">{observationName(each, locale)}</span>{' '}
                <ObservationValue of={each} words={words} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      {record.procedures.length > 0 && (
        <Part title={t.procedures}>
          <ul className={styles.lines}>
            {record.procedures.map((each, i) => (
              <li key={i}>
                <strong>{showCode(each.code)}</strong> {nameOf(each.code)}
                {each.text !== undefined && each.text !== each.code.display && <> · {each.text}</>}{' '}
                <span className="secondary">
                  {[
                    each.performed === undefined ? undefined : when(each.performed),
                    each.laterality === undefined ? undefined : words.clinical.laterality[each.laterality],
                    each.status === 'completed' ? undefined : words.clinical.procedureStatus[each.status],
                  ]
                    .filter((part) => part !== undefined)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {record.prescriptions.length > 0 && (
        <Part title={t.prescriptions}>
          <ul className={styles.lines}>
            {record.prescriptions.map((each, i) => (
              <li key={i}>
                <strong>{showCode(each.code)}</strong> {withDose(nameOf(each.code) ?? '', each.dose)}{' '}
                <span className="secondary">
                  {[
                    ...sayHowOften(each, words.clinical),
                    each.route === undefined ? undefined : (routes[each.route] ?? each.route),
                    each.daysSupply === undefined ? undefined : t.days(each.daysSupply),
                    each.quantity === undefined
                      ? undefined
                      : `${words.entry.medicines.quantity} ${each.quantity}`,
                    each.refills === undefined
                      ? undefined
                      : `${words.entry.medicines.refills} ${each.refills}`,
                    each.start === undefined ? undefined : when(each.start),
                    each.end === undefined ? undefined : `${words.entry.medicines.end} ${when(each.end)}`,
                    each.status === 'active' ? undefined : words.clinical.prescriptionStatus[each.status],
                    each.text,
                  ]
                    .filter((part) => part !== undefined)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {outcome && (
        <Part title={t.outcome}>
          {[
            outcome.deathInHospital === true ? t.died : undefined,
            outcome.icuDays === undefined ? undefined : t.icuDays(outcome.icuDays),
            outcome.ventilatorDays === undefined ? undefined : t.ventilatorDays(outcome.ventilatorDays),
            ...outcome.adverseEvents,
          ]
            .filter((part) => part !== undefined)
            .join(' · ') || t.nothing}
        </Part>
      )}
      {record.claims.length > 0 && (
        <Part title={t.claims}>
          <ul className={styles.lines}>
            {record.claims.map((each) => {
              const money = (name: string, minor: number | undefined) =>
                minor === undefined
                  ? undefined
                  : `${name} ${formatMoney(minor, each.currency, each.currencyExponent, locale)}`
              return (
                <li key={each.claimId}>
                  {words.clinical.claimType[each.type]}{' '}
                  <span className="secondary">
                    {[
                      words.clinical.claimStatus[each.status],
                      each.reverses === undefined ? undefined : words.entry.outcome.isReversal,
                      each.drg === undefined ? undefined : `${words.entry.outcome.drg} ${each.drg}`,
                      each.submitted === undefined
                        ? undefined
                        : `${words.entry.outcome.submitted} ${when(each.submitted)}`,
                      each.adjudicated === undefined
                        ? undefined
                        : `${words.entry.outcome.adjudicated} ${when(each.adjudicated)}`,
                      money(t.billed, each.billedMinor),
                      money(t.allowed, each.allowedMinor),
                      money(t.paidByPayer, each.paidByPayerMinor),
                      money(t.paidByPatient, each.paidByPatientMinor),
                      money(words.entry.outcome.copay, each.copayMinor),
                      money(words.entry.outcome.deductible, each.deductibleMinor),
                    ]
                      .filter((part) => part !== undefined)
                      .join(' · ')}
                  </span>
                  {each.lines.length > 0 && (
                    <ul className={styles.lines}>
                      {each.lines.map((line, i) => (
                        <li key={i}>
                          {line.code?.display ?? line.code?.code ?? '–'}{' '}
                          <span className="secondary">
                            {[
                              line.quantity === undefined ? undefined : `× ${line.quantity}`,
                              money('', line.netMinor)?.trim(),
                            ]
                              .filter((part) => part !== undefined)
                              .join(' · ')}
                          </span>
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              )
            })}
          </ul>
        </Part>
      )}
      {record.notes.length > 0 && (
        <Part title={t.notes}>
          {record.notes.map((note, i) => (
            <p key={i} className={styles.note}>
              {note}
            </p>
          ))}
        </Part>
      )}
      <p className="secondary">
        {[
          `${t.recorded} ${when(envelope.recordedAt)}`,
          words.clinical.origin[envelope.origin.kind],
          envelope.origin.organisation,
          consentText(record.patient.consent),
          envelope.reason
            ? `${words.clinical.op[envelope.op]}: ${words.clinical.reason[envelope.reason.code]}`
            : undefined,
          envelope.reason?.text,
          ...confirmedByKind(envelope.confirmations).map(([kind, count]) => t.confirmed[kind](count)),
          ...editionsOf(envelope.confirmations).map(({ list, hash }) =>
            t.codedWith(words.codes.names[list], hash.slice(0, 12)),
          ),
          record.patient.deathDate === undefined
            ? undefined
            : formatCivilDate(record.patient.deathDate, calendar),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </p>
    </div>
  )
}

/** Pain is asked, not measured, and is charted with what is measured at the same time. */
const isVital = ({ kind, code }: Observation): boolean => kind === 'vital' || labTestOf(code)?.key === 'pain'

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className={styles.part}>
      <h4 className={styles.title}>{title}</h4>
      {children}
    </section>
  )
}

const showCode = (code: Code): string => (code.code === 'text' ? '' : formatCode(code))

export function observationName(observation: Observation, locale: 'en' | 'zh-Hant'): string {
  const test = labTestOf(observation.code)
  if (test) return locale === 'zh-Hant' ? test.zh : test.en
  return observation.code.display ?? observation.code.code
}

function rangeText(observation: Observation): string {
  const { refLow, refHigh, value } = observation
  if (refLow === undefined && refHigh === undefined) return ''
  const unit = value.type === 'decimal' ? showUnit(value.unit ?? '') : ''
  return `${refLow ?? ''}–${refHigh ?? ''} ${unit}`.trim()
}

export function ObservationValue({ of, words }: { readonly of: Observation; readonly words: Words }) {
  const t = words.patients.record
  const { value } = of
  switch (value.type) {
    case 'decimal': {
      // What changes how a number is read stands beside it.
      const marks = [
        of.status === 'preliminary' || of.status === 'corrected'
          ? words.clinical.resultStatus[of.status]
          : undefined,
        of.flag === 'A' || of.flag === 'AA' ? words.clinical.flags[of.flag] : undefined,
      ].filter((part) => part !== undefined)
      const test = labTestOf(of.code)
      // As it was typed, 218 lb, and beside it what it is in the unit of all others.
      const usual = test === null ? null : inOwnUnit(test, value.value, value.unit ?? '')
      const isHigh = of.flag === 'H' || of.flag === 'HH'
      const isLow = of.flag === 'L' || of.flag === 'LL'
      return (
        <span className={isHigh || isLow ? styles.flagged : undefined}>
          {value.comparator}
          {value.value}{' '}
          <span className={styles.unit}>
            {showUnit(value.unit ?? '')}
            {usual !== null && ` (${usual})`}
          </span>
          {isHigh && <> ↑ {words.clinical.flag.high}</>}
          {isLow && <> ↓ {words.clinical.flag.low}</>}
          {marks.length > 0 && <span className={styles.unit}> {marks.join(' · ')}</span>}
        </span>
      )
    }
    case 'code':
      return <>{codedWords(value.value, words)}</>
    case 'text':
      return <>{value.value}</>
    case 'boolean':
      return <>{value.value ? t.yes : t.no}</>
    case 'ratio':
      return (
        <>
          {value.numerator}:{value.denominator} {showUnit(value.unit ?? '')}
        </>
      )
    case 'range':
      return (
        <>
          {value.low ?? ''}–{value.high ?? ''} {showUnit(value.unit ?? '')}
        </>
      )
    case 'absent':
      return <span className="secondary">{t.absent(absentWords(value.reason, words))}</span>
  }
}

function absentWords(reason: string, words: Words): string {
  const known: Record<string, string> = words.clinical.absent
  return known[reason] ?? reason
}

function codedWords(code: Code, words: Words): string {
  const smoking: Record<string, string> = words.clinical.smoking
  if (code.code === '260385009') return words.entry.labs.negative
  if (code.code === '10828004') return words.entry.labs.positive
  return smoking[code.code] ?? code.display ?? code.code
}
