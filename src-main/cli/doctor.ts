/** `receptive doctor`: what was found on this computer and is used, and why. */
import { examine, jpegProblem } from '../engine/doctor.ts';
import type { Output } from './output.ts';

export async function run(_options: object, output: Output): Promise<Record<string, unknown>> {
  const report = await examine();
  const { node, tensorflow, device, gpu, sharp, electron } = report;
  output.text(`Node        ${node}`);
  output.text(`TensorFlow  ${tensorflow}, on the ${device === 'gpu' ? 'GPU' : 'CPU'}`);
  output.text(`GPU         ${gpu.found ? 'found' : 'not found'}, ${gpu.used ? 'used' : 'not used'}: ${gpu.reason}`);
  output.text(`sharp       ${sharp}`);
  output.text(`Electron    ${electron.version === '' ? '' : `${electron.version}, `}${electron.source}`);
  const problem = jpegProblem();
  if (problem !== null) {
    output.warn(
      `The quick JPEG codec cannot be used, and JPEGs take several times as long without it (${problem}). ` +
        'Delete node_modules and run npm run setup.',
    );
  }
  return { ...report };
}
