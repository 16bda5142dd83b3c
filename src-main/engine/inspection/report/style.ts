import { diverging, viridis } from '../../../shared/colors.ts';
import type { Palette } from '../../../shared/colors.ts';

const gradient = (palette: Palette): string => {
  const stops = [0, 32, 64, 96, 128, 160, 192, 224, 255].map(
    (at) => `rgb(${palette.slice(4 * at, 4 * at + 3).join(' ')})`,
  );
  return `linear-gradient(to right, ${stops.join(', ')})`;
};

export const pageStyle = `
:root { color-scheme: light dark; --text: light-dark(#1a1a1c, #e8e8ea); --soft: light-dark(#55555c, #a9a9b2);
  --line: light-dark(#d5d5da, #3d3d44); --page: light-dark(#ffffff, #1b1b1e); --side: light-dark(#f5f5f7, #232327);
  --accent: light-dark(#1d52bd, #8ab0ff); --bad: light-dark(#b3261e, #ff9d92); --bad-soft: light-dark(#fcebe9, #3a211f) }
* { box-sizing: border-box }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: var(--text); background: var(--page) }
a { color: var(--accent) } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.skip { position: absolute; left: -999px } .skip:focus { left: 8px; top: 8px; background: var(--page); padding: 4px 8px; z-index: 1 }
nav { background: var(--side); padding: 16px; border-bottom: 1px solid var(--line); max-height: 40vh; overflow: auto }
nav ul { list-style: none; margin: 0; padding: 0 } nav ul ul { padding-left: 12px; font-size: 12px; columns: 2 }
nav a { display: block; padding: 3px 0; text-decoration: none; overflow-wrap: anywhere } nav a:hover { text-decoration: underline }
main { padding: 16px; min-width: 0 }
h1 { font-size: 22px; margin: 0 0 8px; overflow-wrap: anywhere } h2 { font-size: 18px; margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); overflow-wrap: anywhere }
h3 { font-size: 15px; margin: 24px 0 4px } p { max-width: 90ch; margin: 4px 0 8px; overflow-wrap: anywhere }
.note { color: var(--soft) } .warning { border-left: 3px solid var(--bad); background: var(--bad-soft); padding: 8px 12px }
.pictures { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; margin: 8px 0 }
figure { margin: 0; max-width: 100% } figcaption { max-width: 420px; color: var(--soft); font-size: 12px; overflow-wrap: anywhere }
img { display: block; max-width: 100%; height: auto } .pixels img { image-rendering: pixelated; max-height: 80vh; border: 1px solid var(--line) }
.pixels { max-width: min(100%, 900px) } .chart { max-width: 460px }
.scale { display: flex; gap: 6px; align-items: center } .scale i { width: 80px; height: 10px; border-radius: 2px }
.viridis { background: ${gradient(viridis)} } .diverging { background: ${gradient(diverging)} }
.files { display: flex; flex-wrap: wrap; gap: 2px 10px }
.table { overflow-x: auto; margin: 12px 0 } table { border-collapse: collapse; min-width: min(100%, 480px) } caption { text-align: left; color: var(--soft); font-size: 12px; padding-bottom: 4px }
th { font-weight: 500; text-align: left } td { text-align: right } tbody th, td { white-space: nowrap } th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top }
thead th:not(:first-child) { text-align: right }
@media (min-width: 900px) { body { display: grid; grid-template-columns: 240px minmax(0, 1fr) }
  nav { position: sticky; top: 0; height: 100vh; max-height: none; border: 0; border-right: 1px solid var(--line) } nav ul ul { columns: 1 } main { padding: 24px 32px } }
@media print { nav { display: none } body { display: block } }
`;
