/** Work places from the command line, for a node without a window. */
import { failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'

const VERBS = ['list', 'pair', 'remove', 'listen'] as const

export const WORK_PLACE_COMMANDS: Readonly<Record<string, Command>> = {
  'work-places': {
    usage:
      'work-places list|pair|remove|listen --profile DIR [--as ACCOUNT] [--name NAME] [--id ID] ' +
      '[--listen HOST:PORT|off]',
    grammar: {
      options: { profile: 'required', name: 'optional', id: 'optional', listen: 'optional' },
      rest: [1, 1],
    },
    async run(given, world) {
      const { options, rest } = given
      const verb = VERBS.find((each) => each === rest[0])
      const name = options.get('name')
      const placeId = options.get('id')
      const listen = options.get('listen')
      if (verb === undefined) return usage(`work-places ${VERBS.join('|')}`)
      if (verb === 'pair' && name === undefined) return usage('--name is missing')
      if (verb === 'listen' && listen === undefined) return usage('--listen is missing')
      if (verb === 'remove' && name === undefined && placeId === undefined)
        return usage('--name or --id is missing')
      return withProfile(given, world, needPassphrase(world), async ({ ask, kind }) => {
        switch (verb) {
          case 'list':
            return ok({ ...(await ask.workPlaces.list()) })
          case 'pair': {
            // A code is good only while the node runs that made it.
            if (kind === 'opened-here') return failed('node-not-running')
            const answer = await ask.workPlaces.openPairing({
              name: name!,
              ...(listen === undefined ? {} : { listen }),
            })
            return answer.kind === 'open' ? ok({ ...answer }) : failed(answer.reason)
          }
          case 'remove': {
            const { places } = await ask.workPlaces.list()
            const place = places.find((each) =>
              placeId === undefined ? each.name === name : each.placeId === placeId,
            )
            if (place === undefined) return failed('unknown-work-place')
            return ok({ ...(await ask.workPlaces.remove({ placeId: place.placeId })) })
          }
          case 'listen': {
            const answer = await ask.workPlaces.setListening({ listen: listen === 'off' ? null : listen! })
            return answer.kind === 'set' ? ok({ ...answer.overview }) : failed(answer.reason)
          }
        }
      })
    },
  },
}
