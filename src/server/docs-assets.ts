/** Style and script of `/docs`; files of their own, since the page's policy allows nothing inline. */
export const DOCS_STYLE = `:root{color-scheme:light dark;--back:#fff;--text:#1c2430;--soft:#5b6675;--line:#d9dee6;--panel:#f5f7fa;--link:#0b57c2;--get:#0b57c2;--post:#1a7f37;--put:#9a5b00;--delete:#b3261e}
@media (prefers-color-scheme:dark){:root{--back:#12161c;--text:#e3e8ef;--soft:#9aa6b5;--line:#2c3440;--panel:#1a2029;--link:#7ab3ff;--get:#7ab3ff;--post:#67c97f;--put:#e0a850;--delete:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,sans-serif}
h1{margin:0;font-size:1.7rem}h1 small{color:var(--soft);font-weight:400}
h2{margin:2.5rem 0 .25rem;font-size:1.3rem}h4{margin:1rem 0 .25rem;font-size:.95rem}
a{color:var(--link)}:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:1rem 0;padding:.75rem 0;border-block:1px solid var(--line);list-style:none}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
details{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0}
summary{cursor:pointer;padding:.5rem .75rem}details[open]>summary{border-bottom:1px solid var(--line)}
details>div,details>table,details>p{margin:0 .75rem .75rem}
td details{margin:.3rem 0;font-size:.95em}
.route summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .75rem}
.method{min-width:4.2rem;font:600 .8rem/1 ui-monospace,monospace}
.get{color:var(--get)}.post{color:var(--post)}.put,.patch{color:var(--put)}.delete{color:var(--delete)}
.what,.who,small{color:var(--soft)}.must{color:var(--delete);font-size:.8em}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{color:var(--soft);font-size:.85rem}
tr:target,details:target{background:var(--panel)}
.example{position:relative}pre{margin:.25rem 0;padding:.75rem;background:var(--panel);border-radius:.4rem;overflow-x:auto}
.copy{position:absolute;top:.4rem;right:.4rem;padding:.2rem .6rem;border:1px solid var(--line);border-radius:.3rem;background:var(--back);color:var(--text);font:inherit;font-size:.8rem;cursor:pointer}
`;

export const DOCS_SCRIPT = `document.addEventListener('click', async event => {
  const button = event.target.closest('.copy');
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector('code'));
    button.textContent = 'Press Ctrl+C';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
});
const show = () => { const one = document.getElementById(location.hash.slice(1)); if (one instanceof HTMLDetailsElement) one.open = true; };
addEventListener('hashchange', show);
show();
`;
