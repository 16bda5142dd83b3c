/** The network for use elsewhere: code, the graph as a picture, the table; each asks where to and writes one file. */
import { kerasCode } from '../../../src-main/shared/network/code/keras.ts';
import { pytorchCode } from '../../../src-main/shared/network/code/pytorch.ts';
import { graphSvg } from '../../../src-main/shared/network/picture/svg.ts';
import { tableCsv, tableMarkdown } from '../../../src-main/shared/network/picture/table.ts';
import { svgToPng } from '../../figures/svg-to-png.ts';
import { save } from '../../figures/take.ts';
import { text } from '../../messages/index.ts';
import { networkEditor as editor } from '../../state/network.svelte.ts';
import { attempt, showNote } from '../../ui/notify.ts';
import { networkFigures } from './network-figures.svelte.ts';

const words = text.network.takeOut;

/** What can be taken out: the file's ending, and what makes its content; null while the network has to be right first. */
const ways = {
  keras: {
    suffix: '-keras.py',
    make: () => networkFigures.network && kerasCode(networkFigures.network, editor.classes),
  },
  pytorch: {
    suffix: '-pytorch.py',
    make: () => networkFigures.network && pytorchCode(networkFigures.network, editor.classes),
  },
  svg: { suffix: '.svg', make: () => graphSvg(editor.draft, editor.classes) },
  png: { suffix: '.png', make: () => svgToPng(graphSvg(editor.draft, editor.classes)) },
  csv: { suffix: '.csv', make: () => tableCsv(editor.description, networkFigures.batch) },
  markdown: { suffix: '.md', make: () => tableMarkdown(editor.description, networkFigures.batch) },
} as const;

export type TakeOutWay = keyof typeof ways;
export const takeOutWays = Object.keys(ways) as TakeOutWay[];

export const takeOut = (way: TakeOutWay): Promise<void> =>
  attempt(async () => {
    const { suffix, make } = ways[way];
    const data = await make();
    if (data === null) return showNote(text.network.cannotWrite);
    await save(words.title, editor.name, { suffix, data });
  });
