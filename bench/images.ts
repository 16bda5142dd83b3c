/**
 * A folder of 1024 x 768 JPEGs to 224 x 224 training pixels, and to thumbnails: this program's decoder against tf.data and
 * Pillow, in turns on one machine. Prints a table and, last, one line of JSON.
 */
import { dirname } from 'node:path';
import { DecoderClient } from '../src-main/engine/images/decoder-client.ts';
import { loadDataset } from '../src-main/engine/images/dataset.ts';
import { mapInParallel } from '../src-main/engine/images/parallel.ts';
import { cpuSeconds } from './cpu-time.ts';
import { machine, machineText, median } from './machine.ts';
import { photographs } from './photographs.ts';
import { PythonProcess, pythonVersions } from './python.ts';

const rounds = 7;
const side = 224;
const thumbnailSide = 256;

type Work = 'pixels' | 'thumbnails';

interface Contestant {
  name: string;
  /** Does the work once over all images. */
  pass(work: Work): Promise<unknown>;
  /** What its processes have used so far, seconds. */
  cpuSeconds(): number;
}

/** Of one image of a pass. */
interface Speed {
  imagesPerSecond: number;
  cpuMilliseconds: number;
}

const files = await photographs();
const decoder = new DecoderClient();
/** All files are of one folder. */
const peer = (who: 'tensorflow' | 'pillow') =>
  new PythonProcess(pythonVersions, 'images.py', [who, dirname(files[0]!)]);
const python = [peer('tensorflow'), peer('pillow')] as const;

/** As training and the grid have it done: by the decoder's processes, the result in this one. */
async function receptive(work: Work): Promise<void> {
  if (work === 'thumbnails') {
    await mapInParallel(files, decoder.processes * 2, (path) => decoder.thumbnail(path, thumbnailSide));
    return;
  }
  const images = files.map((path) => ({ path, label: 0 }));
  const shape = { height: side, width: side, channels: 3, fit: 'stretch' } as const;
  const { rejected } = await loadDataset(images, shape, { decoder });
  if (rejected[0]) throw new Error(`${rejected[0].path}: ${rejected[0].reason}`);
}

const contestants: Contestant[] = [
  {
    name: 'receptive',
    pass: receptive,
    cpuSeconds: () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 + decoderSeconds(),
  },
  { name: 'tf.data', pass: (work) => python[0].ask(work), cpuSeconds: () => cpuSeconds(python[0].pid) },
  { name: 'Pillow', pass: (work) => python[1].ask(work), cpuSeconds: () => cpuSeconds(python[1].pid) },
];

const decoderSeconds = (): number => decoder.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

async function once({ pass, cpuSeconds }: Contestant, work: Work): Promise<Speed> {
  const [used, start] = [cpuSeconds(), performance.now()];
  await pass(work);
  return {
    imagesPerSecond: files.length / ((performance.now() - start) / 1000),
    cpuMilliseconds: ((cpuSeconds() - used) * 1000) / files.length,
  };
}

/** The medians of all rounds, by name. */
async function compare(work: Work): Promise<Record<string, Speed>> {
  const speeds = new Map<string, Speed[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const contestant of contestants) {
      const speed = await once(contestant, work);
      if (round >= 0) speeds.get(contestant.name)!.push(speed); // the first round warms up
    }
  }
  return Object.fromEntries(
    [...speeds].map(([name, all]) => [
      name,
      {
        imagesPerSecond: Math.round(median(all.map((speed) => speed.imagesPerSecond))),
        cpuMilliseconds: Number(median(all.map((speed) => speed.cpuMilliseconds)).toFixed(2)),
      },
    ]),
  );
}

/** How many times the better of the others. */
function ratio({ receptive, ...others }: Record<string, Speed>): number {
  const best = Math.max(...Object.values(others).map((speed) => speed.imagesPerSecond));
  return Number((receptive!.imagesPerSecond / best).toFixed(2));
}

const versions = Object.entries(pythonVersions).map(([name, version]) => `${name} ${version}`);
console.log(`${machineText}; ${versions.join(', ')}`);
console.log(`${files.length} JPEGs of 1024 x 768; medians of ${rounds} passes in turns.`);
const titles: Record<Work, string> = {
  pixels: `To pixels, ${side} x ${side} x 3`,
  thumbnails: `To thumbnails, ${thumbnailSide} px on the longer side`,
};
const results: Record<string, object> = {};
for (const work of ['pixels', 'thumbnails'] as const) {
  const speeds = await compare(work);
  results[work] = { ...speeds, times: ratio(speeds) };
  console.log(`\n${titles[work].padEnd(46)}${'images/s'.padStart(10)}${'CPU ms an image'.padStart(18)}`);
  for (const [name, { imagesPerSecond, cpuMilliseconds }] of Object.entries(speeds)) {
    console.log(
      `  ${name.padEnd(44)}${String(imagesPerSecond).padStart(10)}${cpuMilliseconds.toFixed(2).padStart(18)}`,
    );
  }
  console.log(`  receptive is ${ratio(speeds)} times the better of the others`);
}
for (const process of python) process.end();
await decoder.close();
console.log(`\n${JSON.stringify({ machine, images: files.length, rounds, python: pythonVersions, results })}`);
