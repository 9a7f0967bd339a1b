/** Language, look, session, institution, recovery kit, version. Changes hold at once; there is no save button. */
import { Button, Group, Modal, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Settings as SettingsValue } from '../../../shared/contract/app.ts'
import { mayCall } from '../../../shared/contract/rights.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { replacePlace } from '../../lib/router.ts'
import { saveSettings, session as liveSession, useOpenSession, useSettings } from '../../lib/session.ts'
import { BlockHash } from '../../parts/BlockHash.tsx'
import { DialogButtons } from '../../parts/Dialog.tsx'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { RecoveryKit } from '../../parts/RecoveryKit.tsx'
import type { RoomProps } from '../../parts/route.ts'
import { Callout } from '../../ui/Callout.tsx'
import { Field, Fields } from '../../ui/Field.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { scrollToTop } from '../../ui/scroll-to-top.ts'
import { useWords } from '../../words/catalogue.ts'
import { Backup } from './Backup.tsx'
import { CodeLists } from './CodeLists.tsx'
import { Machine } from './Machine.tsx'
import { People } from './People.tsx'
import { Pin } from './Pin.tsx'
import { RightsTable } from './RightsTable.tsx'
import { WorkPlaces } from './WorkPlaces.tsx'
import { Shares } from './Shares.tsx'
import styles from './Settings.module.css'

const LOCK_MINUTES = [5, 10, 15, 30]

export function Settings({ parts }: RoomProps) {
  const words = useWords()
  const t = words.settings
  const settings = useSettings()
  const session = useOpenSession()
  const version = useAsk(() => node.app.version(), []).value
  const consortium = useAsk(() => node.chain.consortium(), []).value
  const [isKitOpen, setKitOpen] = useState(false)
  const [isClosing, setClosing] = useState(false)
  // The place may say what to do here; then it goes back to the plain room.
  useEffect(() => {
    if (parts[0] === 'close') setClosing(true)
    else if (parts[0] === 'kit') setKitOpen(true)
    else if (
      parts[0] === 'codes' ||
      parts[0] === 'backup' ||
      parts[0] === 'people' ||
      parts[0] === 'places' ||
      parts[0] === 'machine' ||
      parts[0] === 'shares'
    ) {
      const section = document.getElementById(`settings-${parts[0]}`)
      if (section !== null) scrollToTop(section)
      section?.focus({ preventScroll: true })
    } else return
    replacePlace('settings')
  }, [parts[0]])
  if (!settings || !session) return null
  const isOwn = !session.isSynthetic && session.person.roles.includes('administrator')
  const save = (change: Partial<SettingsValue>) => void saveSettings(change).catch(tellFailure)
  const minutes = [...new Set([...LOCK_MINUTES, settings.lockAfterMinutes])].sort((a, b) => a - b)
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.columns}`}>
        <div className={styles.column}>
          <Panel title={t.look}>
            <Stack gap="sm">
              <Choice
                label={t.language}
                value={settings.locale}
                options={[
                  ['en', t.languages.en],
                  ['zh-Hant', t.languages['zh-Hant']],
                ]}
                onChange={(locale) => save({ locale })}
              />
              <Choice
                label={t.theme}
                value={settings.theme}
                options={[
                  ['system', t.themes.system],
                  ['light', t.themes.light],
                  ['dark', t.themes.dark],
                ]}
                onChange={(theme) => save({ theme })}
              />
              <Choice
                label={t.calendar}
                value={settings.calendar ?? 'gregory'}
                options={[
                  ['gregory', t.calendars.gregory],
                  ['roc', t.calendars.roc],
                ]}
                onChange={(calendar) => save({ calendar })}
              />
            </Stack>
          </Panel>
          <Panel title={t.session}>
            <NativeSelect
              label={t.lockAfter}
              description={t.lockHint}
              value={String(settings.lockAfterMinutes)}
              data={minutes.map((count) => ({ value: String(count), label: t.minutes(count) }))}
              onChange={(event) => save({ lockAfterMinutes: Number(event.currentTarget.value) })}
            />
            {!session.isSynthetic && <Pin hasPin={session.hasPin === true} />}
          </Panel>
          <section id="settings-people" tabIndex={-1} className={styles.target}>
            <People />
          </section>
          {isOwn && (
            <section id="settings-places" tabIndex={-1} className={styles.target}>
              <WorkPlaces />
            </section>
          )}
          {session.demonstration !== undefined && <Callout tone="plain">{t.demonstrationLess}</Callout>}
          {session.person.roles.includes('administrator') && session.workPlace === undefined && (
            <Panel title={t.kit}>
              {isKitOpen ? (
                <RecoveryKit
                  institutionName={session.institutionName}
                  later={{ label: words.shell.close, onLater: () => setKitOpen(false) }}
                  onProven={() => {
                    setKitOpen(false)
                    liveSession.refresh().catch(tellFailure)
                  }}
                />
              ) : (
                <Callout
                  tone={session.isSynthetic ? 'plain' : session.isRecoveryKitProven ? 'good' : 'warn'}
                  action={
                    <Button variant="default" onClick={() => setKitOpen(true)}>
                      {t.kitAgain}
                    </Button>
                  }
                >
                  {session.isSynthetic
                    ? t.kitSynthetic
                    : session.isRecoveryKitProven
                      ? t.kitProven
                      : t.kitUnproven}
                </Callout>
              )}
            </Panel>
          )}
          {!session.isSynthetic && (
            <section id="settings-codes" tabIndex={-1} className={styles.target}>
              <CodeLists mayChange={isOwn} />
            </section>
          )}
        </div>
        <div className={styles.column}>
          {isOwn && session.workPlace === undefined && (
            <section id="settings-backup" tabIndex={-1} className={styles.target}>
              <Backup />
            </section>
          )}
          {!session.isSynthetic && mayCall('shares.list', session.person.roles) && (
            <section id="settings-shares" tabIndex={-1} className={styles.target}>
              <Shares />
            </section>
          )}
          {isOwn && session.workPlace === undefined && (
            <section id="settings-machine" tabIndex={-1} className={styles.target}>
              <Machine />
            </section>
          )}
          <Panel title={t.institution}>
            <Fields>
              <Field name={t.name}>
                {session.institutionName}{' '}
                {session.isSynthetic && <span className="secondary">{t.synthetic}</span>}
              </Field>
              <Field name={t.member}>
                <BlockHash hash={session.memberId} />
              </Field>
              <Field name={t.chainId}>
                <BlockHash hash={session.chainId} />
              </Field>
              <Field name={t.folder}>{session.folder}</Field>
              {session.workPlace && (
                <Field name={words.workPlaces.columns.name}>{session.workPlace.name}</Field>
              )}
              <Field name={t.person}>{session.person.name}</Field>
              <Field name={t.roles}>
                {session.person.roles
                  .map((role) => words.clinical.roleNames[role])
                  .join(words.clinical.comma)}
              </Field>
            </Fields>
          </Panel>
          {consortium && (
            <Panel title={t.members}>
              <Fields>
                {consortium.members.map((member) => (
                  <Field key={member.memberId} name={member.name}>
                    {words.clinical.memberKind[member.kind]} · {member.isVoter ? t.voter : t.observer}
                  </Field>
                ))}
              </Fields>
            </Panel>
          )}
          {version && (
            <Panel title={t.about}>
              <Fields>
                <Field name={t.version}>{version.application}</Field>
                <Field name={t.protocol}>{version.protocol}</Field>
                {version.electron && <Field name={t.electron}>{version.electron}</Field>}
                <Field name={t.node}>{version.node}</Field>
              </Fields>
            </Panel>
          )}
          <Group>
            <Button variant="default" onClick={() => setClosing(true)}>
              {session.workPlace ? words.workPlaces.leave : words.shell.closeProfile}
            </Button>
          </Group>
        </div>
        <div className={styles.wide}>
          <RightsTable />
        </div>
      </div>
      <Modal
        opened={isClosing}
        onClose={() => setClosing(false)}
        title={session.workPlace ? words.workPlaces.leave : t.closeProfile}
        closeButtonProps={{ 'aria-label': words.shell.close }}
      >
        <Text mb="md">{session.workPlace ? words.workPlaces.leaveBody : t.closeProfileBody}</Text>
        <DialogButtons onCancel={() => setClosing(false)}>
          <Button
            data-autofocus
            onClick={() => {
              node.app.closeProfile().then(liveSession.set, tellFailure)
            }}
          >
            {session.workPlace ? words.workPlaces.leave : t.closeProfileNow}
          </Button>
        </DialogButtons>
      </Modal>
    </div>
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly (readonly [Value, string])[]
  onChange(value: Value): void
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <div className={styles.choice}>
      <span className={styles.label}>{label}</span>
      <SegmentedControl
        size="sm"
        aria-label={label}
        value={value}
        data={options.map(([key, text]) => ({ value: key, label: text }))}
        onChange={(key) => onChange(key as Value)}
      />
    </div>
  )
}
