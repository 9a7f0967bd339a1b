/** What others bring: a tariff file, made again here, and a field of a claim with its proof. Neither needs anybody else. */
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import type { CheckedProof } from '../../../../shared/contract/proofs.ts'
import type { CheckedTariff } from '../../../../shared/contract/tariffs.ts'
import { node } from '../../../lib/node.ts'
import { CheckFieldProof } from '../../../parts/CheckFieldProof.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'

export function CheckFiles() {
  const t = useWords().tariffs
  const [tariff, setTariff] = useState<CheckedTariff | null>(null)
  const [proof, setProof] = useState<CheckedProof | null>(null)
  const checkTariff = async (): Promise<void> => setTariff((await node.tariffs.chooseAndCheck()) ?? tariff)
  const checkClaim = async (): Promise<void> => setProof((await node.proofs.chooseAndCheck()) ?? proof)
  return (
    <div className={room.close}>
      <Group>
        <Button variant="default" onClick={() => void checkTariff().catch(tellFailure)}>
          {t.checkTariff}
        </Button>
        <Button variant="default" onClick={() => void checkClaim().catch(tellFailure)}>
          {t.checkClaim}
        </Button>
      </Group>
      {tariff !== null && <Checked checked={tariff} />}
      {proof !== null && <CheckFieldProof proof={proof} onClose={() => setProof(null)} />}
    </div>
  )
}

function Checked({ checked }: { readonly checked: CheckedTariff }) {
  const t = useWords().tariffs
  const { file } = checked
  if (checked.kind === 'refused')
    return (
      <Callout tone="bad" isLive>
        {t.refusedAt(file, t.refusedFile[checked.reason], checked.path)}
      </Callout>
    )
  const { replay, recorded } = checked
  const isBad = replay.kind === 'different' || recorded === 'differs'
  const listed = (texts: readonly string[]): string =>
    texts.length === 0 ? t.checked.nothing : texts.slice(0, 8).join(', ')
  return (
    <Callout
      tone={isBad ? 'bad' : recorded === 'same' && replay.kind === 'identical' ? 'good' : 'warn'}
      isLive
      title={t.full(checked.name, checked.version)}
    >
      {replay.kind === 'identical' && <p>{t.checked.identical(file)}</p>}
      {replay.kind === 'other-edition' && (
        <p>{t.checked.otherEdition(file, replay.edition, replay.current)}</p>
      )}
      {replay.kind === 'different' && <p>{t.checked.different(file)}</p>}
      {replay.kind === 'different' && <p>{t.checked.other(listed(replay.binds), listed(replay.paths))}</p>}
      <p>{t.recorded[recorded]}</p>
    </Callout>
  )
}
