import { expect, test } from 'vitest';
import { mapsAtOnce, type LayerSummary } from '../../../src-main/shared/inspection.ts';
import { LayerMaps } from '../../../src-renderer/state/layer-maps.svelte.ts';
import { deferred, ScriptedBridge } from '../scripted-bridge.ts';

type Asked = { imageId: number; first: number; count: number; map: number };
const layer = (shape: LayerSummary['shape']) => ({ name: 'conv1', shape }) as LayerSummary;
const target = (imageId: number) => ({ subject: { networkId: 1 }, imageId, layer: 'conv1' });
/** Every cell of a map is the map's number and that of its image. */
const part = ({ imageId, first, count }: Asked) => ({
  first,
  count,
  height: 1,
  width: 2,
  bytes: Uint8Array.from({ length: count * 2 }, (_, at) => 10 * imageId + first + Math.floor(at / 2)),
});

test('maps too large to travel together come in parts, each asked for once', async () => {
  const bridge = new ScriptedBridge({ 'inspect.layerMaps': part });
  const maps = new LayerMaps(bridge.connection);
  const large = layer([2048, 1024, 5]);
  expect(mapsAtOnce(large.shape)).toBe(2);
  await maps.show(target(1), large);
  expect([maps.bytesOf(1), maps.bytesOf(2)]).toEqual([Uint8Array.of(11, 11), null]);
  await maps.want(3);
  await maps.want(2);
  expect(maps.bytesOf(3)).toEqual(Uint8Array.of(13, 13));
  expect(bridge.paramsOf('inspect.layerMaps')).toHaveLength(2);
});

test('those of the image before stay until the next have come, and none of them are mixed', async () => {
  const slow = deferred<object>();
  const bridge = new ScriptedBridge({
    'inspect.layerMaps': (asked: Asked) => (asked.imageId === 2 ? slow.promise : part(asked)),
  });
  const maps = new LayerMaps(bridge.connection);
  const [before, after] = [layer([1, 2, 3]), layer([1, 2, 3])];
  await maps.show(target(1), before);
  const showing = maps.show(target(2), after);
  expect(maps.layer).toBe(before);
  expect(maps.bytesOf(0)).toEqual(Uint8Array.of(10, 10));
  slow.resolve(part({ imageId: 2, first: 0, count: 3, map: 0 }));
  await showing;
  expect(maps.layer).toBe(after);
  expect(maps.bytesOf(0)).toEqual(Uint8Array.of(20, 20));
});

test('exact values are of the map and image that are shown', async () => {
  const bridge = new ScriptedBridge({
    'inspect.layerMaps': part,
    'inspect.values': ({ imageId, map }: Asked) => Float32Array.of(imageId, map),
  });
  const maps = new LayerMaps(bridge.connection);
  await maps.show(target(1), layer([1, 2, 3]));
  expect(maps.valueAt(2, 0)).toBeNull();
  await maps.wantValues(2);
  await maps.wantValues(2);
  expect([maps.valueAt(2, 0), maps.valueAt(2, 1), maps.valueAt(1, 0)]).toEqual([1, 2, null]);
  expect(bridge.paramsOf('inspect.values')).toHaveLength(1);
  await maps.show(target(2), layer([1, 2, 3]));
  expect(maps.valueAt(2, 0)).toBeNull();
});

test('a failure is told, and what was shown stays', async () => {
  const bridge = new ScriptedBridge({
    'inspect.layerMaps': (asked: Asked) => {
      if (asked.imageId === 2) throw new Error('the image is gone');
      return part(asked);
    },
  });
  const maps = new LayerMaps(bridge.connection);
  await maps.show(target(1), layer([1, 2, 3]));
  await maps.show(target(2), layer([1, 2, 3]));
  expect(maps.error?.message).toBe('the image is gone');
  expect(maps.bytesOf(0)).toEqual(Uint8Array.of(10, 10));
});
