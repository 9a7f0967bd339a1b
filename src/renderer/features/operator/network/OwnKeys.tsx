/** This institution's own keys: how old they are, and the way to other ones, planned or after a theft. */
import { Button, Radio, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { OwnKeysView } from '../../../../shared/contract/governance.ts'
import { formatInstantBare, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CloseButton } from './CloseButton.tsx'
import styles from './Network.module.css'
import { fileRefusalSentence, refusalSentence } from './sentences.ts'

interface Props {
  readonly ownKeys: OwnKeysView
  onChanged(): void
  onClose(): void
}

export function OwnKeys({ ownKeys, onChanged, onClose }: Props) {
  const t = useWords().network
  const locale = useLocale()
  const [because, setBecause] = useState<'planned' | 'stolen'>('planned')
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [done, setDone] = useState<{ readonly path: string; readonly fingerprint: string } | 'proposed'>()
  const change = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await node.governance.changeKeys({ because, note: '', passphrase })
      if (answer.kind === 'proposed') setDone('proposed')
      else if (answer.kind === 'saved') setDone(answer)
      else if (answer.kind === 'wrong-passphrase') setProblem(t.wrongPassphrase)
      else if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
      else if (answer.kind === 'refused') setProblem(refusalSentence(answer.reason, t))
      onChanged()
    } catch (error) {
      tellFailure(error)
    } finally {
      setPassphrase('')
      setBusy(false)
    }
  }
  const { sinceTime, madeAt, effectHeight } = ownKeys
  return (
    <Panel title={t.ownKeys.title} side={<CloseButton onClose={onClose} />}>
      <form onSubmit={(event) => void change(event)}>
        <Stack gap="sm">
          {sinceTime !== null && (
            <p data-testid="keys-since">{t.ownKeys.since(formatInstantBare(sinceTime).slice(0, 10))}</p>
          )}
          <p>{t.ownKeys.what}</p>
          <p className={styles.quiet}>{t.ownKeys.stay}</p>
          {effectHeight !== null ? (
            <Callout tone="plain">{t.ownKeys.decided(formatNumber(effectHeight, locale))}</Callout>
          ) : (
            madeAt !== null && (
              <Callout tone="plain">{t.ownKeys.waiting(formatInstantBare(madeAt).slice(0, 10))}</Callout>
            )
          )}
          {(madeAt !== null || done !== undefined) && <Callout tone="warn">{t.ownKeys.kit}</Callout>}
          {done === 'proposed' && (
            <Callout tone="good" isLive>
              {t.ownKeys.proposed}
            </Callout>
          )}
          {done !== undefined && done !== 'proposed' && (
            <Callout tone="good" isLive>
              <p>{t.ownKeys.saved(done.path)}</p>
              <p className={styles.number} data-testid="fingerprint">
                {done.fingerprint}
              </p>
            </Callout>
          )}
          {done === undefined && effectHeight === null && (
            <>
              <Radio.Group
                label={t.ownKeys.why}
                value={because}
                onChange={(value) => setBecause(value === 'stolen' ? 'stolen' : 'planned')}
              >
                <Stack gap="xs" mt="xs">
                  <Radio value="planned" label={t.ownKeys.planned} description={t.ownKeys.plannedHow} />
                  <Radio value="stolen" label={t.ownKeys.stolen} description={t.ownKeys.stolenHow} />
                </Stack>
              </Radio.Group>
              <OwnPassphrase
                label={t.decide.passphrase}
                description={t.proposals.passphraseWhy}
                value={passphrase}
                onChange={setPassphrase}
              />
              {problem && (
                <Callout tone="bad" isLive>
                  {problem}
                </Callout>
              )}
              <Button type="submit" loading={isBusy} disabled={passphrase === ''}>
                {because === 'planned' ? t.ownKeys.propose : t.ownKeys.save}
              </Button>
            </>
          )}
        </Stack>
      </form>
    </Panel>
  )
}
