/** The engine with a deliberate bug, for the simulator only: see `core/plant.ts`. */
import { PLANTS, type Plant } from '../core/plant.ts'
import { buildEngine, type Engine, type EngineConfig, type Restored } from './engine.ts'
import type { World } from './world.ts'

export { PLANTS, type Plant }

export function createPlantedEngine(
  world: World,
  config: EngineConfig,
  restored: Restored,
  plant: Plant | null,
): Engine {
  return buildEngine(plant === 'evidence-of-one-vote' ? misreporting(world) : world, config, restored, plant)
}

/** On both ways on which evidence is found, at its height and afterwards (R35). */
function misreporting(world: World): World {
  return {
    ...world,
    equivocation: (evidence) =>
      world.equivocation(evidence.kind === 'votes' ? { ...evidence, second: evidence.first } : evidence),
  }
}
