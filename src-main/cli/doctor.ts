/** `receptive doctor`: what was found on this computer and is used, and why. */
import { examine } from '../engine/doctor.ts';
import type { Output } from './output.ts';

export async function run(_options: object, output: Output): Promise<Record<string, unknown>> {
  const report = await examine();
  const { node, tensorflow, device, gpu, sharp, electron } = report;
  output.text(`Node        ${node}`);
  output.text(`TensorFlow  ${tensorflow}, on the ${device === 'gpu' ? 'GPU' : 'CPU'}`);
  output.text(`GPU         ${gpu.found ? 'found' : 'not found'}, ${gpu.used ? 'used' : 'not used'}: ${gpu.reason}`);
  output.text(`sharp       ${sharp}`);
  output.text(`Electron    ${electron.version === '' ? '' : `${electron.version}, `}${electron.source}`);
  return { ...report };
}
