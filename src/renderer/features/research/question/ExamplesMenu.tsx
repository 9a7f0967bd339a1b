/** Studies that come with the application, each opened as one's own, and the tutorial that leads through one. */
import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSchool } from '@tabler/icons-react'
import { BUILT_IN_STUDIES, type BuiltInStudy } from '../../../../shared/domain/built-in-studies.ts'
import { newStudy } from '../../../parts/research/new-study.ts'
import { useStudy } from '../../../parts/research/study-under-work.ts'
import { useWords } from '../../../words/catalogue.ts'
import { useQuestion } from './use-question.ts'
import { ownCopy } from './own-copy.ts'
import { useTutorial } from './use-tutorial.ts'
import styles from './Question.module.css'

export function ExamplesMenu() {
  const words = useWords()
  const t = words.tutorial
  const { change } = useStudy()
  const { forget } = useQuestion()
  const begin = useTutorialStart()
  const open = (which: BuiltInStudy) => {
    forget()
    const study = ownCopy(which, words)
    change(study)
    notifications.show({ message: t.openedOwn(study.title) })
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconSchool size={16} aria-hidden />}>
          {t.examples}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={begin} rightSection={<span className="secondary">{t.minutes}</span>}>
          {t.start}
        </Menu.Item>
        <Menu.Divider />
        {BUILT_IN_STUDIES.map((which) => (
          <Menu.Item key={which} onClick={() => open(which)}>
            {t.studies[which].study}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Where nothing was found yet: for whoever is here for the first time. */
export function TutorialStart() {
  const t = useWords().tutorial
  const begin = useTutorialStart()
  return (
    <Button
      variant="default"
      // The column is narrow, and the sentence long.
      classNames={{ root: styles.tall, label: styles.wraps }}
      leftSection={<IconSchool size={16} aria-hidden />}
      onClick={begin}
    >
      {t.start} ({t.minutes})
    </Button>
  )
}

/** Begins with a new study; undo brings the one before back. */
function useTutorialStart(): () => void {
  const { change } = useStudy()
  const { forget } = useQuestion()
  const { setOpen } = useTutorial()
  return () => {
    forget()
    change(newStudy())
    setOpen(true)
  }
}
