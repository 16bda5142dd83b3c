import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Another text whenever the weights of the run in `folder` are others: trained on, or recalibrated. */
export function weightsVersion(folder: string): string {
  const checkpoints = join(folder, 'checkpoints');
  const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedAt(checkpoints) === 0) return '';
  const inside = readdirSync(checkpoints).map((name) => join(checkpoints, name));
  return [checkpoints, ...inside].map(changedAt).join(' ');
}
