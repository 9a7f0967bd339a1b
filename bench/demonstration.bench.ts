/** Click to use of the demonstration consortium in the real Electron: `npm run bench -- demonstration [patients]`. */
import { windowBench } from './window-bench.ts'

const patients = process.argv[2] ?? '200'
const measured = await windowBench('demonstration.bench', { CONSILIUM_BENCH_PATIENTS: patients })
console.log(JSON.stringify({ bench: 'demonstration', patients: Number(patients), ...measured }))
