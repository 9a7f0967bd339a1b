/** Whether the people of the workbench are invented here, as far as the node has said. */
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'

export function useIsTwin(): boolean {
  const { value } = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  return (value?.kind === 'filling' || value?.kind === 'ready') && value.isTwin
}
