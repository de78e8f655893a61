import { Html } from './html.js';

/** The whole style sheet, inlined: the shop serves no static files. */
export const STYLE = new Html(`
:root { color-scheme: light; --ink: #1f2430; --soft: #667085; --line: #e4e7ec; --brand: #0f766e; --paper: #fbfaf7; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); min-height: 100vh;
  display: flex; flex-direction: column; }
header, footer { display: flex; gap: 1.5rem; align-items: center; padding: 1rem max(1rem, calc((100vw - 960px) / 2)); }
header { background: #fff; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
footer { color: var(--soft); font-size: .85rem; justify-content: space-between; flex-wrap: wrap; gap: .5rem 1.5rem; border-top: 1px solid var(--line); }
main { width: 100%; max-width: calc(960px + 2rem); margin: 0 auto; padding: 1rem; flex: 1; }
h1 { font-size: 1.6rem; margin: .5rem 0 1.25rem; }
a { color: var(--brand); text-decoration: none; }
a:hover { text-decoration: underline; }
.brand { font-weight: 700; font-size: 1.15rem; color: var(--ink); }
nav { display: flex; gap: 1rem; margin-left: auto; }
.search { flex: 1; max-width: 320px; }
input, select { width: 100%; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: 8px; font: inherit;
  background: #fff; color: inherit; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); }
.card { background: #fff; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; color: inherit; display: block; }
.card:hover { text-decoration: none; border-color: var(--brand); }
.card .text { padding: .8rem 1rem 1rem; }
.picture { height: 120px; display: grid; place-items: center; }
.picture.large { height: 260px; border-radius: 12px; }
.picture svg { width: 56px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.picture.large svg { width: 120px; stroke-width: 1.5; }
.price { font-weight: 600; }
.soft { color: var(--soft); }
.split { display: grid; gap: 2rem; grid-template-columns: 1fr 1fr; }
@media (max-width: 640px) { .split { grid-template-columns: 1fr; } }
table { width: 100%; border-collapse: collapse; background: #fff; border: 1px solid var(--line); border-radius: 12px; }
th, td { padding: .7rem 1rem; text-align: left; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
form.stack { display: grid; gap: 1rem; max-width: 420px; }
label { display: grid; gap: .3rem; font-size: .9rem; }
button, .button { background: var(--brand); color: #fff; border: 0; border-radius: 8px; padding: .6rem 1.1rem; font: inherit;
  cursor: pointer; display: inline-block; }
button.link { background: none; color: var(--brand); padding: 0; }
.actions { display: flex; gap: 1rem; margin-top: 1.25rem; align-items: center; }
.notice { background: #fff; border: 1px solid var(--line); border-left: 4px solid var(--brand); border-radius: 8px;
  padding: 1rem 1.25rem; }
.notice.bad { border-left-color: #b42318; }
`);
