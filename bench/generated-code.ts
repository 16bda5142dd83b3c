/** Runs the Python code that is written for networks, each in a fresh namespace, and holds it against their description. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describeNetwork, parseNetwork, presets } from '../src-main/shared/network/index.ts';
import type { Network } from '../src-main/shared/network/spec.ts';
import { createRandom } from '../src-main/shared/random.ts';
import { randomNetwork } from '../test/oracle/random-network.ts';
import { environment } from './python.ts';

const randomNetworks = 100;

/** What a network's code is, and what its model should be. */
interface Case {
  name: string;
  code: string;
  /** [height, width, channels] */
  input: number[];
  classes: number;
  params: number;
}
/** What its model is; or why there is none. */
type Found = { params: number; output: number[] } | { error: string };

type Code = (network: Network, classes: number) => string;

function caseOf(name: string, network: Network, classes: number, code: Code): Case {
  const { input } = network;
  const { params } = describeNetwork(network, classes).totals;
  return { name, code: code(network, classes), input: [...input.size, input.channels], classes, params };
}

/**
 * Prints how many agree, and every one that does not; the process ends with 1 if there is one.
 * @param versions of the packages that the code needs
 */
export function checkCode(framework: 'keras' | 'pytorch', code: Code, versions: Record<string, string>) {
  const cases = [
    ...Object.entries(presets).map(([name, json]) => caseOf(name, parseNetwork(json), 1000, code)),
    ...Array.from({ length: randomNetworks }, (_, seed) => {
      const random = createRandom(seed, 'generated-code');
      const network = randomNetwork((min, max) => min + random.int(max - min + 1));
      return caseOf(`random network ${seed}`, network, 10, code);
    }),
  ];
  const words = [join(import.meta.dirname, 'generated_code.py'), framework];
  const answer = execFileSync(environment(versions), words, {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const found = JSON.parse(answer) as Found[];
  const wrong = cases.filter(({ name, params, classes }, at) => {
    const it = found[at]!;
    if ('params' in it && it.params === params && String(it.output) === String([1, classes])) return false;
    console.error(`${name}: ${JSON.stringify(it)} in place of ${params} parameters and ${classes} scores`);
    return true;
  });
  console.log(
    `${Object.entries(versions)[0]!.join(' ')}: the ${framework} code of ${cases.length - wrong.length} of ${cases.length} networks runs and agrees in parameters and scores`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}
