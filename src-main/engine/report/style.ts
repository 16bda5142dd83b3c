export const reportStyle = `
:root { color-scheme: light dark; --text: light-dark(#1a1a1a, #e6e6e6); --soft: light-dark(#595959, #a6a6a6);
  --line-soft: light-dark(#ddd, #3a3a3a); --page: light-dark(#fff, #1c1c1c); --right: #0072b2; --wrong: #d55e00; }
body { font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: var(--text); background: var(--page);
  max-width: 1100px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 24px; margin: 0 0 8px } h2 { font-size: 16px; margin: 32px 0 8px } .lead { font-size: 18px }
table { border-collapse: collapse } th { font-weight: 500; text-align: left } th, td { padding: 4px 12px 4px 0 }
.facts th, figcaption, small { color: var(--soft) } .classes td, .classes th[scope=col] { text-align: right }
.confusion td { width: 44px; height: 28px; padding: 0; text-align: center; border: 1px solid var(--line-soft) }
.confusion tr:first-child > * { border: 0 } .confusion th[scope=col] { vertical-align: bottom; padding: 4px }
.confusion th[scope=col] span { writing-mode: vertical-rl; transform: rotate(180deg) }
.confusion .right { background: color-mix(in srgb, var(--right) calc(var(--share) * 60%), transparent) }
.confusion .wrong { background: color-mix(in srgb, var(--wrong) calc(var(--share) * 160%), transparent) }
figure { margin: 0 } .row { display: flex; flex-wrap: wrap; gap: 24px } .row figure { flex: 1 1 380px }
svg { width: 100%; max-width: 440px; height: auto }
.cards { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start } .cards img { image-rendering: pixelated; max-width: 320px; min-width: 112px }
.bars { list-style: none; margin: 4px 0 0; padding: 0; width: 220px; font-size: 12px } .bars li { display: grid; grid-template-columns: 80px 1fr 52px; gap: 6px; align-items: center }
.bars li > :last-child { text-align: right } .bars b { height: 8px; background: linear-gradient(to right, var(--soft) calc(var(--share) * 100%), transparent 0) }
.bars .right b { background: linear-gradient(to right, var(--right) calc(var(--share) * 100%), transparent 0) }
`;
