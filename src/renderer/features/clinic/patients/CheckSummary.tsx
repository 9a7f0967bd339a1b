/** Checking a printed summary: by its code, the text of its QR code, or its file. */
import { Button, Textarea } from '@mantine/core'
import { type DragEvent, type FormEvent, useState } from 'react'
import type { CheckedSummary } from '../../../../shared/contract/summaries.ts'
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { DisputeVisit } from '../../../parts/DisputeVisit.tsx'
import styles from './Summary.module.css'
import { SummaryView } from './SummaryView.tsx'

/** As much as one call may carry, with room for the base64. */
const DROPPED_BYTES_MAX = 2_900_000

export function CheckSummary() {
  const words = useWords()
  const t = words.history.check
  const [text, setText] = useState('')
  const [checked, setChecked] = useState<CheckedSummary | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [isOver, setOver] = useState(false)
  const check = async (ask: () => Promise<CheckedSummary | null>) => {
    setBusy(true)
    try {
      const answer = await ask()
      if (answer !== null) setChecked(answer)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file === undefined) return
    void check(async () => {
      if (file.size > DROPPED_BYTES_MAX) return { kind: 'refused', reason: 'too-large' }
      return node.summaries.checkFile({ file: await base64Of(file) })
    })
  }
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.check}`}>
        <p>{t.body}</p>
        <form
          className={styles.field}
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            if (text.trim() !== '') void check(() => node.summaries.checkText({ text: text.trim() }))
          }}
        >
          <Textarea
            flex="1 1 24rem"
            label={t.field}
            value={text}
            data-autofocus
            autosize
            minRows={1}
            maxRows={4}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              // A scanner ends with Enter, and a code has one line.
              if (event.key !== 'Enter') return
              event.preventDefault()
              event.currentTarget.form?.requestSubmit()
            }}
          />
          <Button type="submit" loading={isBusy}>
            {t.now}
          </Button>
          <Button variant="default" onClick={() => void check(() => node.summaries.chooseAndCheck())}>
            {t.choose}
          </Button>
        </form>
        <div
          className={styles.drop}
          data-over={isOver || undefined}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          {t.drop}
        </div>
        {checked && <Verdict checked={checked} />}
      </div>
    </div>
  )
}

function Verdict({ checked }: { readonly checked: CheckedSummary }) {
  const words = useWords()
  const t = words.history.check
  const locale = useLocale()
  const [disputing, setDisputing] = useState<string | null>(null)
  if (checked.kind === 'refused')
    return (
      <div data-testid="verdict" data-verdict={checked.reason}>
        <Callout
          tone={checked.reason === 'altered' ? 'bad' : 'warn'}
          isLive
          title={t.refused[checked.reason]}
        />
      </div>
    )
  const isMissing = checked.blocks.some(({ inChain }) => inChain !== 'unchanged')
  const isChanged = checked.blocks.some(({ since }) => since !== 'current' && since !== 'unknown')
  return (
    <>
      <div data-testid="verdict" data-verdict={isMissing ? 'missing' : isChanged ? 'changed' : 'good'}>
        <Callout
          tone={isMissing || isChanged ? 'warn' : 'good'}
          isLive
          title={isMissing ? t.missing : isChanged ? t.changed : t.good}
        >
          {t.goodBody(checked.hospital, formatMinute(checked.madeAt))} {t.compared[checked.compared]}
        </Callout>
      </div>
      <Panel title={t.blocks}>
        <table className={styles.blocks}>
          <thead>
            <tr>
              <th scope="col">{t.index}</th>
              <th scope="col">{t.hash}</th>
              <th scope="col" colSpan={3} />
            </tr>
          </thead>
          <tbody>
            {checked.blocks.map((block) => (
              <tr key={block.index}>
                <td>
                  <Button size="compact-sm" variant="subtle" onClick={() => go('chain', block.index)}>
                    {formatNumber(block.index, locale)}
                  </Button>
                </td>
                <td className="mono">{block.hashStart}</td>
                <td>{t.inChain[block.inChain]}</td>
                <td>
                  {t.since[block.since]}
                  {block.newerIndex !== null && ` · ${t.newer(formatNumber(block.newerIndex, locale))}`}
                </td>
                <td>
                  {block.merkleRoot !== null && !block.isOwn && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() => setDisputing(block.merkleRoot)}
                    >
                      {words.people.dispute.action}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      {checked.document && (
        <Panel title={t.content}>
          <SummaryView document={checked.document} code={checked.code} seal={null} />
        </Panel>
      )}
      {disputing !== null && <DisputeVisit merkleRoot={disputing} onClose={() => setDisputing(null)} />}
    </>
  )
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'))
    reader.readAsDataURL(file)
  })
}
