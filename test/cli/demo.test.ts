import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const data = mkdtempSync(join(tmpdir(), 'receptive-demo-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

it('does the main job without a window: trains on the demo, classifies unseen images, writes a whole report', () => {
  const script = join(import.meta.dirname, '../../src-main/cli/demo.ts');
  const env = { ...process.env, XDG_DATA_HOME: data };
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', env });
  expect(status).toBe(0);
  expect(stdout.match(/^Epoch \d/gm)).toHaveLength(5);
  const accuracy = Number(/^Accuracy on 300 unseen images: ([\d.]+) %$/m.exec(stdout)?.[1]);
  expect(accuracy).toBeGreaterThan(75);

  const report = /report\b.*: (.+\.html)$/im.exec(stdout)?.[1] ?? '';
  const html = readFileSync(report, 'utf8');
  expect(html).toContain(`${accuracy.toFixed(1)} % of 300 images`);
  expect(html.match(/stroke-linejoin="round"/g)).toHaveLength(4); // loss and accuracy, training and validation
  expect(html.match(/<table class="confusion">.*?<\/table>/s)?.[0].match(/<td class="right"/g)).toHaveLength(10);
  expect(html.match(/<img src="data:image\/png;base64,/g)!.length).toBeGreaterThan(14 + 10); // a layer's maps, a sample each
  expect(html).not.toMatch(/(src|href)="(?!data:)/); // whole in itself
  expect(readdirSync(join(dirname(report), 'clothes'))).toContain('run.json');
}, 120_000);
