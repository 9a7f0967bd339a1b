/** The recovery kit: save or print it, then prove that it opens. A kit that was never tried is no kit. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconDeviceFloppy, IconFileCheck, IconPrinter } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { node } from '../lib/node.ts'
import { OwnPassphrase } from './OwnPassphrase.tsx'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'
import { tellFailure } from './FailureNote.tsx'
import styles from './RecoveryKit.module.css'
import { type Refusal, RefusalNote } from './RefusalNote.tsx'

interface Props {
  /** Known right after founding, so that nobody types it a third time. */
  readonly passphrase?: string
  readonly institutionName: string
  onProven(): void
  readonly later?: { readonly label: string; onLater(): void }
}

type Kit = { kind: 'file'; path: string } | { kind: 'text'; text: string; fingerprint: string }

export function RecoveryKit({ passphrase, institutionName, onProven, later }: Props) {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const [kit, setKit] = useState<Kit | undefined>()
  const [pasted, setPasted] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [isProven, setProven] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | undefined>()

  // The button that was pressed cannot hold the focus while it works; it goes on where the work goes on.
  const prover = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (kit?.kind === 'file' && !isBusy) prover.current?.focus()
  }, [kit, isBusy])
  const doing = async (work: () => Promise<void>) => {
    setBusy(true)
    setRefusal(undefined)
    await work().catch(tellFailure)
    setBusy(false)
  }
  const make = (as: 'file' | 'text') =>
    doing(async () => {
      const answer = await node.app.saveRecoveryKit({ passphrase: passphrase ?? typed, as })
      if (answer.kind === 'refused') setRefusal(answer)
      else if (answer.kind !== 'cancelled') setKit(answer)
    })
  const prove = (text?: string) =>
    doing(async () => {
      const answer = await node.app.proveRecoveryKit(text === undefined ? {} : { text })
      if (answer.kind === 'refused') setRefusal(answer)
      if (answer.kind === 'proven') {
        setProven(true)
        setKit(undefined)
        setPasted('')
      }
    })

  if (isProven)
    return (
      <Stack>
        <Callout tone="good" isLive>
          {t.firstRun.kit.proven}
        </Callout>
        <Group justify="flex-end">
          <Button autoFocus onClick={onProven}>
            {t.firstRun.kit.finish}
          </Button>
        </Group>
      </Stack>
    )

  return (
    <Stack>
      <Text>{t.firstRun.kit.why}</Text>
      {passphrase === undefined && (
        <OwnPassphrase label={t.firstRun.kit.passphraseAgain} value={typed} onChange={setTyped} />
      )}
      <Group>
        <Button
          leftSection={<IconDeviceFloppy size={16} aria-hidden />}
          variant={kit ? 'default' : 'filled'}
          loading={isBusy && !kit}
          disabled={passphrase === undefined && typed === ''}
          onClick={() => void make('file')}
        >
          {t.firstRun.kit.saveFile}
        </Button>
        <Button
          leftSection={<IconPrinter size={16} aria-hidden />}
          variant="default"
          disabled={isBusy || (passphrase === undefined && typed === '')}
          onClick={() => void make('text')}
        >
          {t.firstRun.kit.print}
        </Button>
      </Group>
      {kit?.kind === 'file' && <Callout tone="good">{t.firstRun.kit.saved(kit.path)}</Callout>}
      {kit?.kind === 'text' && (
        <div className={styles.paper}>
          <div className={styles.print}>
            <h2>
              {t.firstRun.kit.title} · {institutionName}
            </h2>
            <pre className={styles.text} tabIndex={0}>
              {kit.text}
            </pre>
            <Text size="xs">
              {t.firstRun.kit.fingerprint} <span className="mono">{kit.fingerprint}</span>
            </Text>
          </div>
          <Group justify="space-between" mt="xs">
            <Text size="xs" c="dimmed">
              {t.firstRun.kit.shown}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => window.print()}>
              {t.firstRun.kit.printNow}
            </Button>
          </Group>
        </div>
      )}
      <section className={styles.prove}>
        <h3>{t.firstRun.kit.proveTitle}</h3>
        <Text size="sm" mb="xs">
          {t.firstRun.kit.proveBody}
        </Text>
        <Stack gap="xs">
          <Group>
            <Button
              ref={prover}
              variant={kit?.kind === 'file' ? 'filled' : 'default'}
              leftSection={<IconFileCheck size={16} aria-hidden />}
              disabled={isBusy}
              onClick={() => void prove()}
            >
              {t.firstRun.kit.proveFile}
            </Button>
          </Group>
          <Textarea
            label={t.firstRun.kit.provePaste}
            value={pasted}
            autosize
            minRows={2}
            maxRows={6}
            classNames={{ input: 'mono' }}
            onChange={(event) => setPasted(event.currentTarget.value)}
          />
          {pasted.trim() !== '' && (
            <Group>
              <Button disabled={isBusy} onClick={() => void prove(pasted)}>
                {t.firstRun.kit.prove}
              </Button>
            </Group>
          )}
        </Stack>
      </section>
      <RefusalNote refusal={refusal} />
      {later && (
        <Group justify="flex-end" gap="xs">
          <Text size="xs" c="dimmed">
            {t.firstRun.kit.laterHint}
          </Text>
          <Button variant="subtle" onClick={later.onLater}>
            {later.label}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
