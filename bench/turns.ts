/** Several contestants at the same work in turns, so that whatever else the machine does falls on all of them alike. */
import { median } from './machine.ts';

/** What one pass over the images took; processor time is of all threads. */
export interface Spent {
  seconds: number;
  cpu_seconds: number;
}

export type Pass = () => Promise<Spent>;

export interface Speed {
  imagesPerSecond: number;
  /** What one image cost, which says more where other programs keep the machine busy. */
  cpuMilliseconds: number;
}

/** By name the medians of all rounds but the first, which warms up. */
export async function inTurns<Name extends string>(
  passes: Readonly<Record<Name, Pass>>,
  images: number,
  rounds: number,
): Promise<Record<Name, Speed>> {
  const names = Object.keys(passes) as Name[];
  const spent = new Map(names.map((name) => [name, [] as Spent[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const pass = await passes[name]();
      if (round > 0) spent.get(name)!.push(pass);
    }
  }
  return Object.fromEntries([...spent].map(([name, all]) => [name, speed(all, images)])) as Record<Name, Speed>;
}

function speed(all: Spent[], images: number): Speed {
  return {
    imagesPerSecond: Math.round(images / median(all.map(({ seconds }) => seconds))),
    cpuMilliseconds: Number(((1000 * median(all.map((one) => one.cpu_seconds))) / images).toFixed(3)),
  };
}

/** What `work` takes of this process. */
export async function spentOn(work: () => unknown): Promise<Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu_seconds: (user + system) / 1e6 };
}

/** How many times as fast. */
export const times = (one: Speed, other: Speed): number =>
  Number((one.imagesPerSecond / other.imagesPerSecond).toFixed(2));

/** A table of one comparison. */
export function printSpeeds<Name extends string>(
  what: string,
  titles: Readonly<Record<Name, string>>,
  speeds: Readonly<Record<Name, Speed>>,
): void {
  console.log(`\n${what.padEnd(46)}${'images/s'.padStart(10)}${'CPU ms an image'.padStart(18)}`);
  for (const [name, { imagesPerSecond, cpuMilliseconds }] of Object.entries<Speed>(speeds)) {
    const columns = [String(imagesPerSecond).padStart(10), cpuMilliseconds.toFixed(3).padStart(18)];
    console.log(`  ${titles[name as Name].padEnd(44)}${columns.join('')}`);
  }
}
