/** Shares of the keys: made for oneself, asked for in the name of others, objected to, and the hospitals' part given out. */
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RecoveryRequestView, ShareSet } from '../../../shared/contract/shares.ts'
import { mayCall } from '../../../shared/contract/rights.ts'
import { formatInstant } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { useOpenSession } from '../../lib/session.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords, type Words } from '../../words/catalogue.ts'
import styles from './Settings.module.css'

/** Said in whatever language the window has by then. */
type Said = { readonly tone: 'good' | 'bad'; readonly text: (words: Words) => string }

export function Shares() {
  const words = useWords()
  const t = words.shares
  const session = useOpenSession()
  const roles = session?.person.roles ?? []
  const asked = useAsk(() => node.shares.list(), [], ['shares.changed', 'node.segmentFinal'])
  const [said, setSaid] = useState<Said>()
  if (!asked.value) return null
  const { sets, requests, otherHospitals } = asked.value
  const own = sets.find(({ isOwn }) => isOwn)
  const others = sets.filter(({ isOwn }) => !isOwn)
  const act = async (work: () => Promise<Said | undefined>) => {
    setSaid(undefined)
    try {
      setSaid(await work())
    } catch (error) {
      tellFailure(error)
    }
    asked.again()
  }
  return (
    <Panel title={t.title}>
      <Stack gap="sm">
        <p className="secondary">{t.what}</p>
        <p className="secondary">{otherHospitals > 0 ? t.delay : t.alone}</p>
        {said && (
          <Callout tone={said.tone} isLive>
            {said.text(words)}
          </Callout>
        )}
        {/* Shares are files, and are made where the node is. */}
        {mayCall('shares.make', roles) && session?.workPlace === undefined && (
          <Make own={own} isAlone={otherHospitals === 0} onAct={act} />
        )}
        {requests.length > 0 && <h3 className={styles.trialTitle}>{t.requests}</h3>}
        {requests.toReversed().map((request) => (
          <Request key={request.requestId} request={request} onAct={act} />
        ))}
        {others.length > 0 && mayCall('shares.ask', roles) && (
          <>
            <h3 className={styles.trialTitle}>{t.others}</h3>
            <p className="secondary">{t.othersWhat}</p>
            {others.map((set) => (
              <Ask key={set.setId} set={set} onAct={act} />
            ))}
          </>
        )}
      </Stack>
    </Panel>
  )
}

type OnAct = (work: () => Promise<Said | undefined>) => Promise<void>

interface MakeProps {
  readonly own: ShareSet | undefined
  readonly isAlone: boolean
  readonly onAct: OnAct
}

function Make({ own, isAlone, onAct }: MakeProps) {
  const words = useWords()
  const t = words.shares
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const make = async (): Promise<Said | undefined> => {
    const answer = await node.shares.make({ passphrase })
    if (answer.kind === 'cancelled') return undefined
    if (answer.kind === 'made')
      return {
        tone: 'good',
        text: ({ shares }) =>
          `${shares.made(answer.folder)} ${own === undefined ? '' : shares.replaced}`.trim(),
      }
    const { reason, detail } = answer
    return {
      tone: 'bad',
      text: ({ accounts, firstRun, shares }) => {
        if (reason === 'not-said') return shares.refusals[reason]
        return reason === 'wrong-passphrase' ? accounts.wrong(Number(detail ?? 0)) : firstRun.refusals[reason]
      },
    }
  }
  return (
    <form
      aria-label={t.title}
      onSubmit={(event) => {
        event.preventDefault()
        if (isBusy) return
        setBusy(true)
        void onAct(make).finally(() => {
          setPassphrase('')
          setBusy(false)
        })
      }}
    >
      <Stack gap="xs">
        {/* Alone, nothing of it stands in the chain, so nobody here knows whether there are any. */}
        {!isAlone && <div>{own === undefined ? t.none : t.madeAt(formatInstant(own.madeAt))}</div>}
        <p className="secondary">{t.choose}</p>
        <Group align="flex-end">
          <PasswordInput
            className={styles.grow}
            label={t.passphrase}
            value={passphrase}
            autoComplete="current-password"
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
          />
          <Button type="submit" variant="default" loading={isBusy} disabled={passphrase === ''}>
            {own === undefined ? t.make : t.again}
          </Button>
        </Group>
        <p className="secondary">{t.restore}</p>
      </Stack>
    </form>
  )
}

function Ask({ set, onAct }: { readonly set: ShareSet; readonly onAct: OnAct }) {
  const t = useWords().shares
  return (
    <WithText
      title={t.ofHospital(set.hospital, formatInstant(set.madeAt))}
      open={t.ask}
      send={t.askNow}
      label={t.text}
      isRequired
      onSend={(text) =>
        onAct(async () => {
          const answer = await node.shares.ask({ setId: set.setId, text })
          if (answer.kind === 'asked') return undefined
          return { tone: 'bad', text: ({ shares }) => shares.refusals[answer.reason] }
        })
      }
    />
  )
}

function Request({ request, onAct }: { readonly request: RecoveryRequestView; readonly onAct: OnAct }) {
  const t = useWords().shares
  const session = useOpenSession()
  const roles = session?.person.roles ?? []
  const { requestId, state, releaseAt } = request
  const standing = state === 'waiting' ? t.state.waiting(formatInstant(releaseAt ?? 0)) : t.state[state]
  const release = async (): Promise<Said | undefined> => {
    const answer = await node.shares.release({ requestId })
    if (answer.kind === 'cancelled') return undefined
    return answer.kind === 'released'
      ? { tone: 'good', text: ({ shares }) => shares.released(answer.path) }
      : { tone: 'bad', text: ({ shares }) => shares.refusals[answer.reason] }
  }
  return (
    <Callout
      tone={state === 'vetoed' || state === 'void' ? 'plain' : request.isOwn ? 'bad' : 'warn'}
      title={t.request(request.hospital, request.askedBy)}
    >
      <Stack gap="xs" data-testid="recovery-request" data-state={state}>
        <div>{standing}</div>
        {request.text !== null && <div>{request.text}</div>}
        {request.vetoes.map((veto, position) => (
          <div key={position}>
            {t.vetoBy(veto.hospital, formatInstant(veto.at))}
            {veto.text !== null && `: ${veto.text}`}
          </div>
        ))}
        {request.mayRelease && mayCall('shares.release', roles) && session?.workPlace === undefined && (
          <Group>
            <Button onClick={() => void onAct(release)}>{t.release}</Button>
          </Group>
        )}
        {request.mayVeto && mayCall('shares.veto', roles) && (
          <WithText
            open={t.veto}
            send={t.vetoNow}
            label={t.vetoText}
            onSend={(text) =>
              onAct(async () => {
                const { isTaken } = await node.shares.veto({ requestId, text: text === '' ? null : text })
                return isTaken ? undefined : { tone: 'bad', text: ({ shares }) => shares.notTaken }
              })
            }
          />
        )}
      </Stack>
    </Callout>
  )
}

interface WithTextProps {
  readonly title?: string
  readonly open: string
  readonly send: string
  readonly label: string
  readonly isRequired?: boolean
  onSend(text: string): Promise<void>
}

/** A button that asks for a line of words before it acts. */
function WithText({ title, open, send, label, isRequired = false, onSend }: WithTextProps) {
  const t = useWords().shares
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  return (
    <Stack gap="xs">
      {title !== undefined && <div>{title}</div>}
      {isOpen ? (
        <form
          aria-label={open}
          onSubmit={(event) => {
            event.preventDefault()
            void onSend(text.trim()).then(() => {
              setOpen(false)
              setText('')
            })
          }}
        >
          <Group align="flex-end">
            <TextInput
              className={styles.grow}
              label={label}
              value={text}
              maxLength={500}
              autoFocus
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" disabled={isRequired && text.trim() === ''}>
              {send}
            </Button>
            <Button variant="default" onClick={() => setOpen(false)}>
              {t.cancel}
            </Button>
          </Group>
        </form>
      ) : (
        <Group>
          <Button variant="default" onClick={() => setOpen(true)}>
            {open}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
