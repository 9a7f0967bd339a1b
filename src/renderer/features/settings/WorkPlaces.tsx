/** The computers that work with this node: who is connected, a code for a new one, removing one. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { WorkPlacesOverview, WorkPlaceView } from '../../../shared/contract/work-places.ts'
import { formatInstant } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { FailureNote, tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { PairPlace } from './PairPlace.tsx'
import { PlacesAddress } from './PlacesAddress.tsx'
import styles from './Rights.module.css'

export function WorkPlaces() {
  const t = useWords().workPlaces
  const asked = useAsk(() => node.workPlaces.list(), [], ['workPlaces.changed', 'people.changed'])
  const [isPairing, setPairing] = useState(false)
  const [isAddressing, setAddressing] = useState(false)
  const [removing, setRemoving] = useState<WorkPlaceView | null>(null)
  const overview = asked.value
  return (
    <Panel title={t.title}>
      <Stack gap="sm">
        <p className="secondary">{t.body}</p>
        {asked.failure !== undefined && !overview && (
          <FailureNote code={asked.failure} onRetry={asked.again} />
        )}
        {overview && (
          <>
            <Listening overview={overview} />
            {overview.pairing !== null && !isPairing && (
              <Callout
                tone="plain"
                isLive
                action={
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() => node.workPlaces.closePairing().then(asked.again, tellFailure)}
                  >
                    {t.close}
                  </Button>
                }
              >
                {t.waits(overview.pairing.name, formatInstant(overview.pairing.until))}
              </Callout>
            )}
            {overview.places.length === 0 ? (
              <p className="secondary">{t.none}</p>
            ) : (
              <table className={styles.people}>
                <thead className="visually-hidden">
                  <tr>
                    <th scope="col">{t.columns.name}</th>
                    <th scope="col">{t.columns.seen}</th>
                    <th scope="col">{t.columns.who}</th>
                  </tr>
                </thead>
                <tbody>
                  {overview.places.map((place) => (
                    <PlaceRow key={place.placeId} place={place} onRemove={setRemoving} />
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
        <Group>
          <Button variant="default" onClick={() => setPairing(true)}>
            {t.pair}
          </Button>
          <Button variant="subtle" onClick={() => setAddressing(true)}>
            {t.changeListen}
          </Button>
        </Group>
      </Stack>
      <PairPlace
        isOpen={isPairing}
        places={overview?.places ?? []}
        onClose={() => {
          setPairing(false)
          asked.again()
        }}
      />
      <PlacesAddress
        isOpen={isAddressing}
        listening={overview?.listening}
        onClose={() => {
          setAddressing(false)
          asked.again()
        }}
      />
      <Removing
        place={removing}
        onClose={() => {
          setRemoving(null)
          asked.again()
        }}
      />
    </Panel>
  )
}

function Listening({ overview }: { readonly overview: WorkPlacesOverview }) {
  const t = useWords().workPlaces
  const { listening, isListChanged } = overview
  return (
    <>
      {isListChanged && (
        <Callout tone="bad" isLive>
          {t.listChanged}
        </Callout>
      )}
      {listening.kind === 'failed' ? (
        <Callout tone="bad" isLive>
          {t.listenFailed(listening.listen)}
        </Callout>
      ) : (
        <p className="secondary">
          {listening.kind === 'off' ? t.listenOff : t.listenAt(listening.addresses.join(', '))}
        </p>
      )}
    </>
  )
}

interface RowProps {
  readonly place: WorkPlaceView
  onRemove(place: WorkPlaceView): void
}

function PlaceRow({ place, onRemove }: RowProps) {
  const t = useWords().workPlaces
  const { name, pairedAt, pairedBy, lastSeenAt, isConnected, personName, otherVersion, dialsPort } = place
  const when = formatInstant(pairedAt)
  return (
    <tr data-testid="work-place">
      <td>
        {name}
        <div className="secondary">{pairedBy === null ? t.pairedAt(when) : t.pairedBy(pairedBy, when)}</div>
        {otherVersion !== null && (
          <div className="secondary">{t.otherVersionThere(otherVersion.there, otherVersion.node)}</div>
        )}
        {dialsPort !== null && (
          <Callout tone="warn">
            {name} {t.dialsPort(dialsPort)}
          </Callout>
        )}
      </td>
      <td>{isConnected ? t.connected : lastSeenAt === null ? t.never : formatInstant(lastSeenAt)}</td>
      <td>{personName ?? t.nobody}</td>
      <td className={styles.acts}>
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={`${t.remove} ${name}`}
          onClick={() => onRemove(place)}
        >
          {t.remove}
        </Button>
      </td>
    </tr>
  )
}

function Removing({ place, onClose }: { readonly place: WorkPlaceView | null; onClose(): void }) {
  const words = useWords()
  const t = words.workPlaces
  const [isBusy, setBusy] = useState(false)
  const remove = async () => {
    if (place === null || isBusy) return
    setBusy(true)
    try {
      await node.workPlaces.remove({ placeId: place.placeId })
      onClose()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={place !== null}
      onClose={onClose}
      title={t.removeTitle(place?.name ?? '')}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      <Text mb="md">{t.removeBody}</Text>
      <Group justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>
          {words.shell.cancel}
        </Button>
        <Button color="red.8" loading={isBusy} onClick={() => void remove()}>
          {t.removeNow}
        </Button>
      </Group>
    </Modal>
  )
}
