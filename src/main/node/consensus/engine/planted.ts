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
  return buildEngine(world, config, restored, plant)
}
