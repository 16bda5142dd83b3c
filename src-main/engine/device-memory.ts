/** How much memory the device that trains has. */
import { execFile } from 'node:child_process';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';

/** What a driver that does not answer is given, ms. */
const patience = 5000;
const mebibyte = 2 ** 20;

/** In bytes; null when the GPU's driver does not say. */
export async function deviceMemory(device: 'cpu' | 'gpu'): Promise<number | null> {
  return device === 'cpu' ? processorMemory() : graphicsMemory();
}

/** The computer's, or less where a container may use only a part of it. */
function processorMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** Of the GPU that TensorFlow uses, the first that it may see. `nvidia-smi` comes with the driver. */
async function graphicsMemory(): Promise<number | null> {
  const [id = '0'] = process.env.CUDA_VISIBLE_DEVICES?.split(',') ?? [];
  const query = ['--query-gpu=memory.total', '--format=csv,noheader,nounits', `--id=${id}`];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: patience });
    return readMebibytes(stdout);
  } catch {
    return null;
  }
}

function readMebibytes(text: string): number | null {
  const mebibytes = Number.parseInt(text, 10);
  return mebibytes > 0 ? mebibytes * mebibyte : null;
}
