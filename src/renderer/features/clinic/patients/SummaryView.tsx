/** A summary as it is printed: patient, visits with their blocks, QR code and verification code. */
import { encode } from 'uqr'
import type { SummaryDocument } from '../../../../shared/contract/summaries.ts'
import { formatCivilDate, formatMinute, formatNumber } from '../../../lib/format.ts'
import { useSettings } from '../../../lib/session.ts'
import { RecordView } from '../../../parts/RecordView.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Summary.module.css'

/** What a QR code of one page still holds in reach of a plain scanner. */
const QR_MAX = 1_600

interface Props {
  readonly document: SummaryDocument
  readonly code: string
  readonly seal: string | null
}

export function SummaryView({ document, code, seal }: Props) {
  const words = useWords()
  const t = words.history.summary
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const { patient, visits } = document
  const isWhole = seal !== null && seal.length <= QR_MAX
  const inOrder = [...visits].sort((a, b) =>
    a.record.encounter.admission.at < b.record.encounter.admission.at ? -1 : 1,
  )
  return (
    <article className={styles.page} aria-label={t.title} data-printable>
      <header className={styles.head}>
        <div>
          <h1>{patient.name}</h1>
          <p>
            {[
              patient.latinName,
              words.clinical.sex[patient.sex],
              patient.birthDate === undefined ? undefined : formatCivilDate(patient.birthDate, calendar),
              patient.medicalRecordNumber,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className="secondary">
            {t.madeBy(document.hospital)} · {t.asOf(formatMinute(document.madeAt))}
          </p>
        </div>
        <div className={styles.proof}>
          <Qr text={isWhole ? seal : code} label={t.qr} />
          <div>
            <div className="secondary">{t.code}</div>
            <div className={styles.code} data-testid="summary-code">
              {code}
            </div>
          </div>
        </div>
      </header>
      {inOrder.map(({ index, blockHash, record }) => (
        <section key={blockHash} className={styles.visit}>
          <div className={styles.block}>
            {t.block(formatNumber(index, locale))} · <span className="mono">{blockHash}</span>
          </div>
          {record.envelope.op === 'retract' ? (
            <p>{words.people.versions.retracted}</p>
          ) : (
            <RecordView record={record} />
          )}
        </section>
      ))}
      <footer className={styles.foot}>
        {t.check} {seal !== null && !isWhole && t.qrTooLong}
      </footer>
    </article>
  )
}

function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'L', border: 2 })
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x},${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  )
}
