/**
 * The report's style sheet: system fonts, one accent, light and dark by the reader's setting, 360 px to 1600 px, print.
 * Colours of text and marks keep WCAG AA contrast on their ground; state and kind are told by shape as well.
 */
export const theme = `
:root {
  color-scheme: light dark;
  --ground: #f7f6f3; --surface: #ffffff; --ink: #1d1c1a; --soft: #5f5b55; --line: #e4e0d9; --track: #eeebe5;
  --accent: #0b6e66; --accent-wash: #e2f1ef; --old: #8c867d; --weight: #7a5195;
  --bad: #a8321f; --bad-wash: #fbeae6; --bad-line: #eab9ae;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "Roboto Mono", "Liberation Mono", Menlo, Consolas, monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #151514; --surface: #1e1e1c; --ink: #eeebe6; --soft: #a8a39b; --line: #34322f; --track: #2b2a27;
    --accent: #5cc9bc; --accent-wash: #17332f; --old: #8b867e; --weight: #c39be0;
    --bad: #ff9d87; --bad-wash: #361d17; --bad-line: #6b3427;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 var(--sans); text-rendering: optimizeLegibility; }
main, footer { max-width: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 3rem); }
main { padding-block: clamp(2rem, 6vw, 4.5rem) 0; overflow-wrap: anywhere; }
footer { margin-block: 4rem 3rem; color: var(--soft); font-size: .875rem; }
footer p { border-top: 1px solid var(--line); padding-top: 1.25rem; margin: 0; }
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, .plain { list-style: none; padding: 0; }
svg { display: block; overflow: visible; }
svg text { font: .75rem var(--sans); fill: var(--soft); font-variant-numeric: tabular-nums; }
code { font: .875em var(--mono); }
section, .notice { margin-top: clamp(2.5rem, 5vw, 4rem); }
h2 { font-size: 1.375rem; line-height: 1.3; font-weight: 600; letter-spacing: -.012em; margin-bottom: 1rem; }
h3 { font-size: .9375rem; font-weight: 600; margin-bottom: .5rem; }
.lead { max-width: 44rem; color: var(--soft); margin-bottom: 1rem; }
.note { color: var(--soft); font-size: .875rem; }
.name { unicode-bidi: isolate; }

.eyebrow { color: var(--soft); font-size: .9375rem; margin-bottom: .5rem; }
.brand { color: var(--accent); font-weight: 650; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.6vw, 2.75rem); line-height: 1.12; font-weight: 650; letter-spacing: -.025em;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; padding-bottom: .08em; }
.verdict { font-size: clamp(1.125rem, 1rem + .7vw, 1.4375rem); line-height: 1.45; max-width: 46rem; margin-top: 1rem; text-wrap: pretty; }
.verdict.failed { color: var(--bad); }
.written { color: var(--soft); font-size: .9375rem; margin-top: .75rem; }
.notice { background: var(--bad-wash); border: 1px solid var(--bad-line); border-radius: .875rem; padding: 1.25rem 1.5rem; margin-top: 2rem; max-width: 46rem; }
.notice h2 { color: var(--bad); font-size: 1.0625rem; margin-bottom: .375rem; letter-spacing: 0; }
.notice .facts { margin-top: 1rem; }
.notice .facts > div:last-child { border: 0; padding-bottom: 0; }
.notice .facts > div { border-color: var(--bad-line); }

.tiles { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 2.25rem; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; padding: 1.375rem 1.5rem 1.25rem; min-width: 0;
  flex: 1 1 18rem; display: flex; flex-direction: column; }
.tile:only-child { max-width: 24rem; }
.tile h2 { font-size: .9375rem; font-weight: 500; letter-spacing: 0; color: var(--soft); margin: 0; }
.figure { font-size: 2.75rem; line-height: 1.15; font-weight: 600; letter-spacing: -.03em; margin-top: .25rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.unit { font-size: 1.375rem; font-weight: 500; letter-spacing: 0; color: var(--soft); }
.change { color: var(--ink); font-weight: 550; }
.bars { margin-top: 1.125rem; }
.change.better { color: var(--accent); }
.change.worse { color: var(--bad); }
.tile .note { margin-top: auto; padding-top: .875rem; font-size: .8125rem; line-height: 1.4; }
.bars { display: grid; gap: .4375rem; font-size: .875rem; }
.bars > div { display: grid; grid-template-columns: 4.25rem minmax(0, 1fr); align-items: center; }
.bars dt { color: var(--soft); }
.bars dd { display: grid; grid-template-columns: minmax(0, 1fr) 4.75rem; gap: .5rem; align-items: center; }
.bars .value { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { overflow: hidden; }
.bar .track { fill: var(--track); }
.bar.before .fill { fill: var(--old); }
.bar.after .fill { fill: var(--accent); }
.bar .whisker { stroke: var(--ink); stroke-width: 1.25; }

.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: clamp(2rem, 5vw, 4rem); align-items: start; }
.pair > :only-child { grid-column: 1 / -1; max-width: 46rem; }
.pair > :empty { display: none; }
.pair figure { margin-top: 1.75rem; }
.pair div > section + section { margin-top: 2.25rem; }
.plot { padding-inline: 1rem; }
figcaption { color: var(--soft); font-size: .875rem; margin-top: .375rem; }
.interval .grid { stroke: var(--line); }
.interval .zero { stroke: var(--soft); stroke-width: 1.5; }
.interval .range { stroke: var(--accent); stroke-width: 4; stroke-linecap: round; opacity: .45; }
.interval .value { fill: var(--accent); stroke: var(--ground); stroke-width: 2; }

table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .5625rem .75rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-size: .8125rem; border-bottom-color: var(--old); vertical-align: bottom; }
.numbers td, .numbers thead th + th { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.facts { font-size: .9375rem; }
.facts > div { display: flex; justify-content: space-between; gap: 1rem; padding: .4375rem 0; border-bottom: 1px solid var(--line); }
.facts dt, .files dt { color: var(--soft); flex: none; }
.facts dd { text-align: right; font-variant-numeric: tabular-nums; min-width: 0; }
.facts.wide { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); column-gap: 3rem; }

.legend { display: flex; flex-wrap: wrap; gap: .375rem 1.5rem; font-size: .875rem; color: var(--soft); margin-bottom: 1.25rem; }
.legend li { display: flex; align-items: center; gap: .5rem; }
.legend svg { flex: none; }
.lane-name .glyph { margin-top: .125rem; }
.glyph { flex: none; fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.glyph.quantized { fill: var(--soft); stroke: none; }
.lane-row { display: grid; grid-template-columns: minmax(0, 19rem) minmax(0, 1fr) 7.5rem; gap: 0 1.25rem; align-items: center; padding-block: .25rem; }
.lanes { position: relative; }
.lane-row > * { position: relative; }
.lane-row.lane-back { position: absolute; inset: 1.5rem 0 0; padding: 0; align-items: stretch; }
.lane-back .lane-plot { grid-column: 2; }
.lane-name { display: flex; align-items: start; gap: .5625rem; min-width: 0; font-size: .84375rem; line-height: 1.3; }
.lane-label { min-width: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.lane-plot { padding-inline: .5rem; min-width: 0; }
.lane-value { text-align: right; font-size: .875rem; font-variant-numeric: tabular-nums; color: var(--soft); white-space: nowrap; }
.lane-head .lane-value { font-size: .75rem; }
.gridlines .grid, .profile .grid { stroke: var(--line); }
.lane .rail { stroke: var(--line); stroke-dasharray: 1 5; }
.lane .link { stroke: var(--old); stroke-width: 1.5; }
.lane .weight { fill: var(--weight); }
.lane .activation { fill: var(--accent); }
.lane.float .weight { fill: var(--ground); stroke: var(--weight); stroke-width: 1.75; }
.lane.float .activation { fill: var(--ground); stroke: var(--accent); stroke-width: 1.75; }
.lane .unmeasured { font-style: italic; paint-order: stroke; stroke: var(--ground); stroke-width: 6; }
.weak .lane-label, .weak .lane-value { color: var(--bad); }
.weak .lane-value { font-weight: 600; }
.weak { position: relative; }
.weak::before { content: ''; position: absolute; inset: 0 -.5rem; border-radius: .5rem; background: var(--bad); opacity: .09; }
.tag { display: inline-block; vertical-align: .1em; margin-right: .625rem; font-size: .6875rem; font-weight: 600; line-height: 1; color: var(--bad); border: 1px solid var(--bad); border-radius: 1rem; padding: .1875rem .4375rem; }
.curve-plot { padding: .5rem .5rem 1.25rem 3.25rem; }
.curve .grid { stroke: var(--line); }
.curve .line { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.curve .value { fill: var(--accent); stroke: var(--ground); stroke-width: 2; }
.profile { margin-bottom: 2rem; }
.profile-plot { padding: .5rem .5rem .5rem 2rem; }
.profile .weight, .profile .activation { opacity: .7; }

details.layers > summary { cursor: pointer; border-radius: .375rem; }
details.layers > summary h2 { display: inline; margin: 0; }
details.layers > summary::marker { color: var(--soft); }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
.layer-table { margin-top: 1rem; font-size: .875rem; }
.layer-table tbody th { width: 32%; line-height: 1.4; }
.layer-table td, .layer-table thead .chart, .layer-table thead .number { vertical-align: middle; }
.layer-table .number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.layer-table .reason { width: 24%; line-height: 1.4; }
.op { display: block; color: var(--soft); font-size: .8125rem; }
span.state { display: inline-flex; white-space: nowrap; overflow-wrap: normal; align-items: center; gap: .4375rem; }
.sparkline { overflow: hidden; }
.sparkline .area { fill: var(--accent); opacity: .75; }
.sparkline .base { stroke: var(--line); }
.sparkline .clipped { fill: var(--ground); opacity: .65; }
.sparkline .ends { fill: none; stroke: var(--ink); stroke-width: 1.25; }

.mistakes { max-width: 52rem; }
.mistakes .times { width: 27%; }
.mistakes thead .times { padding-left: 1.75em; }
.mistakes td, .mistakes tbody th { vertical-align: middle; }
.mistakes .times > div { display: grid; grid-template-columns: 2.5em minmax(0, 1fr); gap: .75em; align-items: center; }
.mistakes .count { text-align: right; }
.mistakes .bar .track { fill: none; }

.warnings { border-top: 1px solid var(--line); max-width: 52rem; }
.warnings li { padding: .75rem 0; border-bottom: 1px solid var(--line); }
.warnings .note { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
.files { margin-top: 1.5rem; font-size: .9375rem; }
.files > div { display: grid; grid-template-columns: 5rem minmax(0, 1fr); padding: .625rem 0; border-bottom: 1px solid var(--line); }
.bytes { color: var(--soft); margin-left: .5rem; white-space: nowrap; }
.hash { display: block; font: .75rem/1.5 var(--mono); color: var(--soft); }
.glossary { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem 3rem; font-size: .9375rem; }
.glossary dt { font-weight: 600; }
.glossary dd { color: var(--soft); }

@media (max-width: 860px) {
  .pair { grid-template-columns: minmax(0, 1fr); }
  .layer-table, .layer-table tbody { display: block; }
  .layer-table thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .layer-table tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr)); gap: .625rem 1rem; padding: .875rem 0; border-bottom: 1px solid var(--line); }
  .layer-table tbody th { grid-column: 1 / -1; min-width: 0; max-width: none; font-weight: 550; }
  .layer-table th, .layer-table td { display: block; padding: 0; border: 0; text-align: left; min-width: 0; }
  .layer-table .number { text-align: left; }
  .layer-table .chart { grid-column: span 2; }
  .layer-table tbody th, .layer-table .reason { width: auto; }
  .layer-table .reason { grid-column: 1 / -1; }
  .layer-table td:empty { display: none; }
  .layer-table td::before { content: attr(data-title); display: block; color: var(--soft); font-size: .75rem; }
  .layer-table .op { font-weight: 400; }
}
@media (max-width: 640px) {
  .lane-row { grid-template-columns: minmax(0, 1fr) auto; gap: .125rem .75rem; padding-block: .375rem; }
  .lane-plot { grid-column: 1 / -1; grid-row: 2; }
  .lane-back .lane-plot { grid-column: 1 / -1; grid-row: 1; }
  .lane-head .lane-name { display: none; }
  .lane-head .lane-value { display: none; }
  .tile { padding: 1.125rem 1.25rem; }
  th, td { padding-inline: .375rem; }
  .pair section { overflow-x: auto; }
  .files > div { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  :root { --ground: #fff; }
  body { font-size: 10pt; }
  main, footer { max-width: none; padding-inline: 0; }
  section, .notice { margin-top: 1.5rem; }
  .tile { flex-basis: 0; padding: .75rem 1rem; }
  .figure { font-size: 1.75rem; }
  .tile, .notice, tr, li, .lane-row, figure { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
