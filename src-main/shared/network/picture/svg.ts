/** The network as a drawing: the graph as SVG, in colours for white paper. */
import { escapeMarkup } from '../../markup.ts';
import { describeDraft } from '../describe.ts';
import type { LayerDescription } from '../describe.ts';
import type { Draft } from '../edit.ts';
import { frameTitle, framesOf } from './frames.ts';
import type { Frame } from './frames.ts';
import { layoutOf, nodeHeight, nodeWidth, svgPath } from './layout.ts';

const margin = 16;
const ink = {
  text: '#1a1a1c',
  muted: '#55555c',
  line: '#84848c',
  frame: '#c3c3ca',
  fill: '#ffffff',
  bar: '#1d52bd',
  wrong: '#b3261e',
};
/** Letters of a 13 px text that a node is wide enough for. */
const mostLetters = 22;

/** Layers with name, kind, output shape and a bar for their share of the parameters; wrong ones are red. */
export function graphSvg(draft: Draft, classes: number): string {
  const description = describeDraft(draft, classes);
  const { params } = description.totals;
  const layout = layoutOf(draft);
  const [width, height] = [layout.width + 2 * margin, layout.height + 2 * margin];
  const wires = layout.wires.map(
    ({ points }) =>
      `<path d="${svgPath(points)}" fill="none" stroke="${ink.line}" stroke-width="1.5" marker-end="url(#arrow)"/>`,
  );
  const nodes = layout.nodes.map(({ index, x, y }) => {
    const row = description.layers[index];
    const layer = draft.layers[index];
    const lines: Lines = layer && row ? linesOf(layer.name, layer.kind, row) : ['input', '', inputText(draft), ''];
    return node(x, y, lines, row && params > 0 ? row.params / params : 0, row?.problem !== undefined);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z" fill="${ink.line}"/></marker></defs>`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${ink.fill}"/>`,
    ...framesOf(draft, layout).map(frame),
    ...wires,
    ...nodes,
    '</svg>',
    '',
  ].join('\n');
}

type Lines = [name: string, kind: string, shape: string, params: string];

function linesOf(name: string, kind: string, row: LayerDescription): Lines {
  const shape = row.outputShape?.join(' × ') ?? (row.waiting ? 'waits' : 'wrong');
  return [name, kind, shape, row.params > 0 ? row.params.toLocaleString('en') : ''];
}

const inputText = ({ input }: Draft): string => [...[input.size].flat(), input.channels].map(String).join(' × ');

function node(x: number, y: number, [name, kind, shape, params]: Lines, share: number, isWrong: boolean): string {
  const line = isWrong ? ink.wrong : ink.line;
  const right = x + nodeWidth - 8;
  const bar = Math.round(share * nodeWidth * 10) / 10;
  return [
    `<rect x="${x}" y="${y}" width="${nodeWidth}" height="${nodeHeight}" rx="6" fill="${ink.fill}" stroke="${line}"/>`,
    bar > 0 ? `<rect x="${x}" y="${y + nodeHeight - 4}" width="${bar}" height="4" fill="${ink.bar}"/>` : '',
    `<text x="${x + 8}" y="${y + 22}" font-weight="600" fill="${ink.text}">${escapeMarkup(short(name, mostLetters - kind.length * 0.8))}</text>`,
    `<text x="${right}" y="${y + 22}" text-anchor="end" font-size="11" fill="${ink.muted}">${escapeMarkup(kind)}</text>`,
    `<text x="${x + 8}" y="${y + 41}" font-size="12" fill="${isWrong ? ink.wrong : ink.text}">${escapeMarkup(shape)}</text>`,
    params && `<text x="${right}" y="${y + 41}" text-anchor="end" font-size="12" fill="${ink.muted}">${params}</text>`,
  ]
    .filter(Boolean)
    .join('');
}

/** Of frames that lie in one another every second has its name at the right, so that names do not meet. */
function frame({ block, depth, x, y, width, height }: Frame): string {
  const [at, anchor] = depth % 2 === 0 ? [x + 6, 'start'] : [x + width - 6, 'end'];
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="none" stroke="${ink.frame}"/>`,
    `<text x="${at}" y="${y + frameTitle - 1}" text-anchor="${anchor}" font-size="11" fill="${ink.muted}">${escapeMarkup(block)}</text>`,
  ].join('');
}

const short = (text: string, letters: number): string =>
  text.length <= Math.max(6, letters) ? text : `${text.slice(0, Math.max(5, Math.floor(letters) - 1))}…`;
