/** A code for one row of the work list: what it teaches, and which visits it corrects, said before it is done. */
import { Button, Checkbox } from '@mantine/core'
import { useRef, useState } from 'react'
import type { CodeHit, Uncoded } from '../../../../shared/contract/codes.ts'
import { formatNumber } from '../../../lib/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CodeField } from './CodeField.tsx'
import styles from './Codes.module.css'

interface Props {
  readonly row: Uncoded
  readonly isBusy: boolean
  onClose(): void
  onCode(hit: CodeHit, how: { teaches: boolean; amends: boolean }): void
}

export function GiveCode({ row, isBusy, onClose, onCode }: Props) {
  const words = useWords()
  const t = words.codes
  const locale = useLocale()
  // What only the search found is a proposal to look at, not a choice to confirm.
  const isSure = row.suggestion !== null && row.suggestion.from !== 'list'
  const [hit, setHit] = useState<CodeHit | null>(isSure ? row.suggestion!.hit : null)
  const [teaches, setTeaches] = useState(true)
  const [amends, setAmends] = useState(true)
  const confirm = useRef<HTMLButtonElement>(null)
  return (
    <Panel title={t.codingTitle(row.text)}>
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault()
          if (hit !== null && (teaches || amends)) onCode(hit, { teaches, amends })
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.defaultPrevented) onClose()
        }}
      >
        <CodeField
          list={row.list}
          label={t.picked}
          field="coding.code"
          picked={hit}
          isAutoFocused
          onPick={setHit}
          onTaken={() => setTimeout(() => confirm.current?.focus())}
        />
        <Checkbox
          label={row.code === '' ? t.teach : t.teachSource}
          checked={teaches}
          onChange={(event) => setTeaches(event.currentTarget.checked)}
        />
        <Checkbox
          label={t.amend(formatNumber(row.visitCount, locale), row.visitCount === 1)}
          checked={amends}
          onChange={(event) => setAmends(event.currentTarget.checked)}
        />
        <div className={styles.buttons}>
          <Button
            type="submit"
            ref={confirm}
            loading={isBusy}
            disabled={hit === null || (!teaches && !amends)}
          >
            {t.confirm}
          </Button>
          <Button variant="subtle" onClick={onClose}>
            {words.shell.cancel}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
