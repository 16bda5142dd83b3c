/** One HTML page about a run, whole in itself: curves, scores, confusion matrix, feature maps, sample images. */
import type { Evaluation, Prediction } from '../../shared/inspection.ts';
import { augmentationNames, presetOf } from '../../shared/augmentation.ts';
import type { Augmentation } from '../../shared/augmentation.ts';
import { seriesColor } from '../../shared/colors.ts';
import { escapeMarkup } from '../../shared/markup.ts';
import { formatPercent } from '../../shared/numbers.ts';
import type { Fit, Scaling } from '../../shared/preprocessing.ts';
import type { EpochMetrics, RunInfo } from '../../shared/run.ts';
import { curvesSvg } from './charts.ts';
import { reportStyle } from './style.ts';

export interface Picture {
  /** PNG or JPEG. */
  mime: string;
  bytes: Uint8Array;
}

export interface ReportContent {
  run: RunInfo;
  metrics: EpochMetrics[];
  /** Over images the network has not seen. */
  evaluation: Evaluation;
  imagesPerSecond: number;
  layers: { name: string; kind: string; shape: readonly number[]; min: number; max: number; maps: Picture }[];
  /** The image that the feature maps belong to. */
  subject: { path: string; picture: Picture };
  samples: { path: string; truth: string; predictions: Prediction[]; picture: Picture }[];
}

export function renderReport(content: ReportContent): string {
  const { run, evaluation, metrics } = content;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Receptive: ${escapeMarkup(run.name)}</title><style>${reportStyle}</style></head><body>
<h1>${escapeMarkup(run.name)}</h1>
<p class="lead">${formatPercent(evaluation.accuracy)} of ${supportOf(evaluation)} images that the network had never seen were classified correctly.</p>
${facts(content)}
<h2>Learning curves</h2><div class="row">
${learningCurves('Loss, nats', metrics, 'loss', 'validationLoss')}
${learningCurves('Accuracy, share of images', metrics, 'accuracy', 'validationAccuracy')}
</div>
<h2>Confusion matrix</h2><p>Rows are the true class, columns the prediction; each number counts images.</p>${confusionTable(evaluation)}
<h2>Each class</h2>${classTable(evaluation)}
<h2>Unseen images</h2><div class="cards">${content.samples.map(sampleCard).join('')}</div>
<h2>Feature maps</h2>
<p>What every layer makes of <code>${escapeMarkup(content.subject.path)}</code>. Dark is the layer's least value, yellow its largest.</p>
<div class="cards"><figure>${image(content.subject.picture, 'The image itself')}<figcaption>The image</figcaption></figure>
${content.layers.map(layerFigure).join('')}</div>
</body></html>
`;
}

function facts({ run, imagesPerSecond }: ReportContent): string {
  const { recipe, preprocessing } = run;
  const rows = [
    ['Images to learn from', `${run.trainingImages}, and ${run.validationImages} to validate on`],
    [
      'Image size',
      `${preprocessing.height} x ${preprocessing.width} pixels, ${preprocessing.channels === 1 ? 'grey' : 'colour'}`,
    ],
    ['Preparing', `${fits[preprocessing.fit]}; pixels ${scalings[recipe.scaling]}`],
    ['Augmentation', augmentationText(recipe.augmentation)],
    ['Network', `${run.network.layers.length} layers, ${run.params.toLocaleString('en')} parameters`],
    [
      'Recipe',
      `${recipe.epochs} epochs, batches of ${recipe.batchSize}, ${recipe.optimizer}, learning rate ${recipe.learningRate}, seed ${run.seed}`,
    ],
    [
      'Speed',
      `${Math.round(imagesPerSecond).toLocaleString('en')} images/s on the ${run.device.toUpperCase()}, ${run.threads} threads`,
    ],
    [
      'Software',
      Object.entries(run.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
  return `<table class="facts">${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeMarkup(value!)}</td></tr>`).join('')}</table>`;
}

const fits: Record<Fit, string> = {
  stretch: 'stretched to the input',
  fit: 'whole, with black bars',
  crop: 'the middle, the rest cut off',
};
const scalings: Record<Scaling, string> = {
  unit: 'from 0 to 1',
  symmetric: 'from \u22121 to 1',
  standard: 'with mean 0 and deviation 1 per channel, as measured on the training images',
};

function augmentationText(augmentation: Augmentation): string {
  const preset = presetOf(augmentation);
  if (preset) return preset;
  const used = augmentationNames.filter((name) => augmentation[name] > 0);
  return used.map((name) => `${name} ${augmentation[name]}`).join(', ');
}

function learningCurves(
  yLabel: string,
  metrics: EpochMetrics[],
  training: 'loss' | 'accuracy',
  validation: 'validationLoss' | 'validationAccuracy',
): string {
  const curves = ([training, validation] as const).map((split, index) => ({
    ...{ label: ['training', 'validation'][index]!, color: seriesColor(index, false), dashed: false },
    points: metrics.flatMap((epoch) => (epoch[split] === undefined ? [] : [[epoch.epoch, epoch[split]] as const])),
  }));
  const shown = curves.filter(({ points }) => points.length > 0);
  return `<figure>${curvesSvg(`${yLabel}, over the epochs`, { xLabel: 'epoch', yLabel, curves: shown })}</figure>`;
}

function supportOf({ perClass }: Evaluation): number {
  return perClass.reduce((total, { support }) => total + support, 0);
}

function confusionTable({ classes, confusion }: Evaluation): string {
  const head = classes.map((name) => `<th scope="col"><span>${escapeMarkup(name)}</span></th>`).join('');
  const rows = confusion.map((row, truth) => {
    const total = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    );
    const cells = row.map((count, predicted) => {
      const kind = truth === predicted ? 'right' : 'wrong';
      return `<td class="${kind}" style="--share:${(count / total).toFixed(3)}">${count || ''}</td>`;
    });
    return `<tr><th scope="row">${escapeMarkup(classes[truth]!)}</th>${cells.join('')}</tr>`;
  });
  return `<table class="confusion"><tr><td></td>${head}</tr>${rows.join('')}</table>`;
}

function classTable({ perClass }: Evaluation): string {
  const rows = perClass.map(
    (row) =>
      `<tr><th scope="row">${escapeMarkup(row.class)}</th><td>${formatPercent(row.precision)}</td><td>${formatPercent(row.recall)}</td><td>${formatPercent(row.f1)}</td><td>${row.support}</td></tr>`,
  );
  return `<table class="classes"><tr><td></td><th scope="col">Precision</th><th scope="col">Recall</th><th scope="col">F1</th><th scope="col">Images</th></tr>${rows.join('')}</table>`;
}

function sampleCard({ path, truth, predictions, picture }: ReportContent['samples'][number]): string {
  const bars = predictions.map(
    ({ class: name, probability }) =>
      `<li class="${name === truth ? 'right' : ''}"><span>${escapeMarkup(name)}</span><b style="--share:${probability.toFixed(3)}"></b><span>${formatPercent(probability)}</span></li>`,
  );
  return `<figure>${image(picture, path)}<figcaption>${escapeMarkup(truth)}</figcaption><ul class="bars">${bars.join('')}</ul></figure>`;
}

function layerFigure({ name, kind, shape, min, max, maps }: ReportContent['layers'][number]): string {
  return `<figure>${image(maps, `Maps of ${name}`)}<figcaption>${escapeMarkup(name)} <small>${escapeMarkup(kind)}, ${shape.join(' x ')}<br>from ${min.toPrecision(3)} to ${max.toPrecision(3)}</small></figcaption></figure>`;
}

function image({ mime, bytes }: Picture, alt: string): string {
  return `<img src="data:${mime};base64,${Buffer.from(bytes).toString('base64')}" alt="${escapeMarkup(alt)}">`;
}
