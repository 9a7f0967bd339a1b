/** What a claim is made of, line by line: code, quantity, price, amount and the diagnoses that it is for. */
import { usualExponent } from '../../../../shared/domain/currencies.ts'
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { formatMoney } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { EntryText } from './EntryText.tsx'
import { type ClaimLineRow, type ClaimRow, isBlankLine, patchLine } from './form.ts'
import { goToField } from './go-on.ts'
import { amountOf, sumOfLines } from './line-amounts.ts'
import { newId } from './entry-start.ts'
import { useEntry } from './use-entry.ts'
import styles from './ClaimLines.module.css'

export function ClaimLines({ claim, rowName }: { readonly claim: ClaimRow; readonly rowName: string }) {
  const words = useWords()
  const t = words.entry.outcome
  const locale = useLocale()
  const formCurrency = useEntry((entry) => entry.form.currency)
  const setRow = useEntry((entry) => entry.setRow)
  const { currency, exponent } = claim.money ?? {
    currency: formCurrency,
    exponent: usualExponent(formCurrency),
  }
  const set = (lines: readonly ClaimLineRow[]) => setRow('claims', claim.id, { lines })
  const change = (id: string, patch: Partial<ClaimLineRow>) => set(patchLine(claim.lines, id, patch, newId))
  const sum = sumOfLines(claim.lines, exponent)
  if (claim.lines.length === 0)
    return (
      <div className={styles.begin}>
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={`${t.addLines}, ${rowName}`}
          onClick={() => {
            const id = newId()
            set(patchLine([], '', {}, () => id))
            queueMicrotask(() => goToField(`claims.${claim.id}.lines.${id}.code`))
          }}
        >
          {t.addLines}
        </Button>
      </div>
    )
  return (
    <div className={styles.lines} role="group" aria-label={`${t.addLines}, ${rowName}`}>
      {[t.code, t.quantity, t.unitPrice, t.net, t.ranks, ''].map((head, i) => (
        <span key={i} className={styles.head} aria-hidden>
          {head}
        </span>
      ))}
      {claim.lines.map((line, i) => {
        const name = words.entry.row.row(t.line, i + 1)
        const text = (key: 'quantity' | 'unitPrice' | 'net' | 'ranks', onLeave?: () => void) => (
          <EntryText
            field={`claims.${claim.id}.lines.${line.id}.${key}`}
            label={`${t[key]}, ${name}, ${rowName}`}
            isLabelHidden
            value={line[key]}
            {...(key === 'ranks' ? { placeholder: t.ranksHint } : {})}
            // Enter passes by the blank line at the end: it says that the list is done.
            {...(key === 'ranks' || isBlankLine(line) ? { enter: 'skip' as const } : {})}
            {...(onLeave ? { onLeave } : {})}
            onChange={(value) => change(line.id, { [key]: value })}
          />
        )
        const fillNet = () => {
          const net = line.net.trim() === '' ? amountOf(line.quantity, line.unitPrice, exponent) : null
          if (net !== null) change(line.id, { net })
        }
        return (
          <div key={line.id} className={styles.line} data-line={line.id}>
            <CodePicker
              list="procedure"
              field={`claims.${claim.id}.lines.${line.id}.code`}
              label={`${t.code}, ${name}, ${rowName}`}
              isLabelHidden
              picked={line.code}
              onChange={(code) => change(line.id, { code })}
            />
            {text('quantity')}
            {text('unitPrice', fillNet)}
            {text('net')}
            {text('ranks')}
            {isBlankLine(line) ? (
              <span />
            ) : (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={28}
                aria-label={words.entry.row.remove(`${name} ${line.code.text}`)}
                onClick={() => set(claim.lines.filter((each) => each.id !== line.id))}
              >
                <IconX size={15} aria-hidden />
              </ActionIcon>
            )}
          </div>
        )
      })}
      {sum !== null && (
        <span className={styles.sum} role="status">
          {t.sum(formatMoney(sum, currency, exponent, locale))}
        </span>
      )}
    </div>
  )
}
