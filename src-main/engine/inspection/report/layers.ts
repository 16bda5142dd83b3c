/** The report's parts, section by section and layer by layer, and what of them is told as numbers. */
import type { EffectiveField } from '../../../shared/inspect/drives.ts';
import { describeNetwork } from '../../../shared/network/index.ts';
import type { LayerKind, Shape } from '../../../shared/network/spec.ts';
import type { BatchNormReport, PooledMaps, Statistics } from '../../../shared/inspection.ts';
import { batchNormReports } from '../batch-norm.ts';
import type { Candidate } from '../exciting-images.ts';
import { mapGrid } from '../map-image.ts';
import { comparePooling } from '../pooling.ts';
import { statisticsOf } from '../statistics.ts';
import { batchNormSection } from './batch-norms.ts';
import { affordable } from './context.ts';
import type { LayerSection, ReportContext, ReportLayer } from './context.ts';
import { spreadSection, spreadsOf, spreadTable } from './distribution.ts';
import { drivesSection, fieldTable } from './drives.ts';
import { equivarianceSection } from './equivariance.ts';
import { gradientSection } from './gradients.ts';
import { kernelSection } from './kernels.ts';
import { layerMaps } from './layer-maps.ts';
import { layerTable } from './overview.ts';
import { text } from './page.ts';
import type { Part } from './page.ts';
import { poolingSection, wholePart } from './poolings.ts';
import type { SectionName } from './sections.ts';
import type { Steps } from './steps.ts';
import { sumSection } from './sums.ts';
import { whySection } from './why.ts';

/** A picture's path relative to the folder, with the statistics of what it shows. */
export interface PooledPicture {
  maps: string;
  mean: number;
  std: number;
}

type BatchNormFigure = 'batchMean' | 'batchVariance' | 'runningMean' | 'runningVariance' | 'gamma' | 'beta' | 'epsilon';

export interface InspectedLayer extends Statistics {
  name: string;
  kind: LayerKind;
  shape: Shape;
  /** PNG of all maps, relative to the folder. */
  maps: string;
  batchNorm?: Pick<BatchNormReport, BatchNormFigure>;
  pooling?: { max: PooledPicture; mean: PooledPicture; difference: PooledPicture };
}

/** `fields` gets what each layer sees. */
const sectionsWith = (
  candidates: readonly Candidate[] | null,
  fields: EffectiveField[],
): { name: SectionName; section: LayerSection }[] => [
  { name: 'sum', section: sumSection },
  { name: 'kernels', section: kernelSection },
  { name: 'gradients', section: gradientSection },
  { name: 'drives', section: drivesSection(candidates, fields) },
];

/** Passes that the curves of one pooling layer take. */
const passesOfCurves = 28;

export async function inspectLayers(
  context: ReportContext,
  { chosen, candidates }: { chosen: ReadonlySet<SectionName>; candidates: readonly Candidate[] | null },
  steps: Steps,
): Promise<{ layers: InspectedLayer[]; parts: Part[] }> {
  const { network, classes } = context;
  const described = describeNetwork(network, classes.length).layers;
  const all = network.layers.map((spec, at): ReportLayer => {
    const folder = `${String(at + 1).padStart(3, '0')}-${spec.name.slice(0, 80)}`;
    return { spec, description: described[at]!, folder, id: `layer-${folder}` };
  });
  const fields: EffectiveField[] = [];
  const own = sectionsWith(candidates, fields).filter(({ name }) => chosen.has(name));
  const norms = network.layers.filter(({ kind }) => kind === 'batchNorm').length;
  const whole = (['why', 'distribution', 'equivariance'] as const).filter((name) => chosen.has(name)).length;
  steps.expect(norms + whole + all.length * (1 + own.length + Number(chosen.has('distribution')) + 1));

  const reports = await normReports(context, norms, steps);
  const parts: Part[] = [];
  if (chosen.has('why')) parts.push(await steps.run(() => whySection(context, all)));
  const spreads = chosen.has('distribution') ? await steps.run(() => spreadsOf(context)) : null;
  if (spreads) parts.push(spreadTable(context, spreads));
  if (chosen.has('equivariance')) parts.push(await steps.run(() => equivarianceSection(context, all)));

  const tried = all.some(isPooling) ? null : (all.find((layer) => isLargeMap(context, layer)) ?? null);
  let curvesLeft = affordable(passesOfCurves * context.macs, 1, Infinity);
  const layers: InspectedLayer[] = [];
  const layerParts: Part[] = [];
  for (const layer of all) {
    const { spec, id } = layer;
    const { shape, values } = context.activations.output(spec.name);
    const statistics = statisticsOf(values);
    const maps = await steps.run(() => layerMaps(context, layer, statistics));
    const inspected: InspectedLayer = { name: spec.name, kind: spec.kind, shape, maps: maps.file, ...statistics };
    const found: (Part | null)[] = [maps.part];
    for (const { section } of own) found.push(await steps.run(() => section(context, layer)));
    const report = reports.get(spec.name);
    if (report) inspected.batchNorm = batchNormFigures(report);
    if (report && chosen.has('batch-norm')) found.push(await batchNormSection(context, layer, report));
    await steps.run(async () => {
      if (isPooling(layer)) inspected.pooling = await poolingPictures(context, layer);
      const { pooling: whole } = inspected;
      if (chosen.has('pooling') && (whole || layer === tried)) {
        found.push(await poolingSection(context, layer, { whole, withCurves: curvesLeft-- > 0 }));
      } else if (whole) found.push(wholePart(layer, whole));
    });
    const spread = spreads?.layers.find(({ name }) => name === spec.name);
    if (spread) found.push(await steps.run(() => spreadSection(context, layer, spread)));
    layers.push(inspected);
    const title = `${spec.name} (${spec.kind})`;
    layerParts.push({ id, title, blocks: [], parts: found.filter((part) => part !== null) });
  }
  if (fields.length > 0) parts.push(fieldTable(context, fields));
  const blocks = [
    layerTable(context, all, layers),
    ...(norms === 0 ? [text('The network has no batch norm layer.')] : []),
    ...(all.some(isPooling) || tried ? [] : [text('The network has no pooling layer, and no maps to try it on.')]),
  ];
  return { layers, parts: [{ id: 'layers', title: 'All layers', blocks }, ...parts, ...layerParts] };
}

/** Every batch norm layer over the batch, whether its section is asked for or not: its figures are told anyway. */
async function normReports(context: ReportContext, count: number, steps: Steps): Promise<Map<string, BatchNormReport>> {
  const reports = new Map<string, BatchNormReport>();
  const each = batchNormReports(context.model, context.network, context.batch);
  for (let at = 0; at < count; at++) {
    const report = await steps.run(() => each.next().value!);
    reports.set(report.layer, report);
  }
  return reports;
}

const isPooling = ({ spec }: ReportLayer): boolean => spec.kind === 'maxPool' || spec.kind === 'avgPool';

/** Whether a window of 2 x 2 cells fits. */
function isLargeMap({ activations }: ReportContext, { spec }: ReportLayer): boolean {
  const { shape } = activations.output(spec.name);
  return shape.length === 3 && shape[0] >= 2 && shape[1] >= 2;
}

function batchNormFigures(report: BatchNormReport): InspectedLayer['batchNorm'] {
  const { batchMean, batchVariance, runningMean, runningVariance, gamma, beta, epsilon } = report;
  return { batchMean, batchVariance, runningMean, runningVariance, gamma, beta, epsilon };
}

/** Max and mean pooling of every channel, and their difference. */
async function poolingPictures(
  { model, network, pixels, shelf }: ReportContext,
  { spec, folder }: ReportLayer,
): Promise<InspectedLayer['pooling']> {
  const { max, avg, difference } = comparePooling(model, network, pixels, spec.name);
  const picture = async (name: string, { shape, values, mean, std }: PooledMaps): Promise<PooledPicture> => {
    return { maps: await shelf.picture(`${folder}/${name}.png`, mapGrid(shape, values)), mean, std };
  };
  return {
    max: await picture('max', max),
    mean: await picture('mean', avg),
    difference: await picture('difference', difference),
  };
}
