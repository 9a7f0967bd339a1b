/** A clerk who reads another hospital's paper finds its visit here, where the history of the person is, and disputes it. */
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { node } from '../../../lib/node.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { DisputeVisit } from '../../../parts/DisputeVisit.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { useWords } from '../../../words/catalogue.ts'

export function DisputeElsewhere() {
  const words = useWords()
  const t = words.people.dispute
  const [isFinding, setFinding] = useState(false)
  const [text, setText] = useState('')
  const [isNotFound, setNotFound] = useState(false)
  const [merkleRoot, setMerkleRoot] = useState<string | null>(null)
  const find = async () => {
    const [row, ...more] = await node.chain.find({ text: text.trim() })
    const block = row === undefined || more.length > 0 ? null : await node.chain.block({ index: row.index })
    if (block === null) return setNotFound(true)
    setFinding(false)
    setMerkleRoot(block.head.merkleRoot)
  }
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() => {
          setNotFound(false)
          setFinding(true)
        }}
      >
        {t.elsewhere}
      </Button>
      {isFinding && (
        <Dialog onClose={() => setFinding(false)} title={t.findTitle}>
          <form
            onSubmit={(event: FormEvent) => {
              event.preventDefault()
              find().catch(tellFailure)
            }}
          >
            <Stack gap="sm">
              <Text>{t.findBody}</Text>
              <TextInput
                label={t.find}
                data-autofocus
                value={text}
                maxLength={100}
                error={isNotFound ? t.notFound : undefined}
                onChange={(event) => {
                  setText(event.currentTarget.value)
                  setNotFound(false)
                }}
              />
              <DialogButtons onCancel={() => setFinding(false)}>
                <Button type="submit">{t.findNow}</Button>
              </DialogButtons>
            </Stack>
          </form>
        </Dialog>
      )}
      {merkleRoot !== null && <DisputeVisit merkleRoot={merkleRoot} onClose={() => setMerkleRoot(null)} />}
    </>
  )
}
