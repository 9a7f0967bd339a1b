/** The synthetic exposure of the demonstration's insurer, as a file that it imports like any other. */
import { join } from 'node:path'
import { exposureFile } from '../generator/exposure-file.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'
import type { DemonstrationFolder } from './demonstration-folder.ts'

/** Of the invented years the one in which most people are seen. */
const LAST_MONTH = '2021-12'
const MONTHS = 24

/** @returns its path */
export async function writeExposure({
  folder,
  patients,
  seed,
  population,
  insurers,
}: Pick<DemonstrationFolder, 'folder' | 'patients' | 'seed' | 'population' | 'insurers'>): Promise<string> {
  const path = join(folder, 'exposure-synthetic.csv')
  await writeFileAtomic(path, exposureFile({ patients, seed, population }, LAST_MONTH, MONTHS, insurers))
  return path
}
