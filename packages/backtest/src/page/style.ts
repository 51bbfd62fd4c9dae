import { lightStyle } from '@mexc-bot/charts';

const DARK =
  '--ground:#10151c;--panel:#161d26;--line:#26303c;--text:#e8edf3;--dim:#8b98a8;--good:#2ebd85;--bad:#f6465d;--warn:#f0b90b';
const LIGHT =
  '--ground:#fff;--panel:#f3f5f8;--line:#dde3ea;--text:#17202b;--dim:#5c6b7c;--good:#0e8f62;--bad:#d32f45;--warn:#a87700';

/** Of the whole page: one column that a phone shows as it is, dark or light as the reader's machine asks. */
export const STYLE = `
:root{${DARK};color-scheme:dark light}
@media (prefers-color-scheme: light){:root{${LIGHT}}
${lightStyle('.chart')}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:58rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:.2rem 0}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
.dim,small{color:var(--dim)}
.good{color:var(--good)}.bad{color:var(--bad)}
.verdict{font-size:1.15rem;padding:.9rem 1.1rem;margin:1rem 0;background:var(--panel);border-left:5px solid var(--dim);border-radius:6px}
.verdict.gained{border-color:var(--good)}.verdict.lost{border-color:var(--bad)}
.warnings{padding:.6rem 1.1rem .6rem 2rem;margin:1rem 0;border:1px solid var(--warn);border-radius:6px}
.figures{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0;padding:0;list-style:none}
.figures li{flex:1 1 9.5rem;padding:.5rem .8rem;background:var(--panel);border-radius:6px}
.figures b{display:block;font-size:1.15rem}
.figures small{display:block;line-height:1.3}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:500}
th:first-child,td:first-child{text-align:left}
tr.thin td{color:var(--dim)}
.chart svg{display:block;width:100%;max-width:50rem;height:auto;border-radius:6px}
.whisker{display:block;margin-left:auto}
details{border-bottom:1px solid var(--line)}
summary{padding:.5rem 0;cursor:pointer}
details.month>summary{font-weight:600}
details .inside{padding:0 0 1rem;content-visibility:auto;contain-intrinsic-size:auto 42rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.4rem 0}
dt{color:var(--dim)}dd{margin:0}
`;
