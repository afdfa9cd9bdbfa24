import { escapeHtml } from './page';

/** One piece of a short report that can be written as Markdown and as HTML. All texts are plain, but for words between backticks: what looks like markup is shown as it is. */
export type Piece =
  | { readonly type: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly type: 'text'; readonly text: string; readonly quiet?: boolean }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'code'; readonly text: string }
  | {
      readonly type: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Columns that hold words; all others are aligned to the right. */
      readonly words: readonly number[];
    }
  | Shares;

/** Shares of two samples on the same bins. */
export interface Shares {
  readonly type: 'shares';
  readonly title: string;
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Pieces as CommonMark with tables; figures are drawn with characters. */
export function asMarkdown(pieces: readonly Piece[]): string {
  const text = pieces.map((piece) => {
    switch (piece.type) {
      case 'heading':
        return `${'#'.repeat(piece.level)} ${prose(piece.text)}`;
      case 'text':
        return prose(piece.text);
      case 'list':
        return piece.items.map((item) => `- ${prose(item)}`).join('\n');
      case 'code':
        return fence(piece.text);
      case 'table': {
        const line = (cells: readonly string[]) =>
          `| ${cells.map((cell) => prose(cell.replaceAll('\n', ' '))).join(' | ')} |`;
        const rule = piece.head.map((_, i) => (piece.words.includes(i) ? ':--' : '--:'));
        return [line(piece.head), `| ${rule.join(' | ')} |`, ...piece.rows.map(line)].join('\n');
      }
      case 'shares':
        return fence(bars(piece));
    }
  });
  return `${text.join('\n\n')}\n`;
}

/** Words between backticks, which our own sentences use for commands and keys. */
const CODE = /`([^`\n]+)`/;

/** Plain text as Markdown that reads well as it is, too: only what would be markup is escaped. */
export function prose(text: string): string {
  return text
    .split(CODE)
    .map((part, i) => (i % 2 === 1 ? `\`${part}\`` : escapeProse(part)))
    .join('');
}

function escapeProse(text: string): string {
  return text
    .replace(/[\\`*[\]<|~]/g, '\\$&')
    .replace(/(?<!\w)_|_(?!\w)/g, '\\_')
    .replace(/^[#>+=-]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** The same as HTML. */
function inline(text: string): string {
  return text
    .split(CODE)
    .map((part, i) => (i % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)))
    .join('');
}

function fence(text: string): string {
  return ['```text', text.replaceAll('```', "'''"), '```'].join('\n');
}

const BAR = 20;
const LABEL = 24;

/** The figure as lines of characters: a label, then a bar and a share for each side. */
export function bars({ labels, reference, current }: Shares): string {
  const most = Math.max(1e-9, ...reference, ...current);
  const names = labels.map((label) => shortened(label.replace(/\s+/g, ' '), LABEL));
  const width = Math.max(0, ...names.map((name) => name.length));
  const side = (share: number) => {
    const eighths = Math.round((share / most) * BAR * 8);
    const bar = '█'.repeat(eighths >> 3) + (eighths % 8 > 0 ? '▏▎▍▌▋▊▉'[(eighths % 8) - 1] : '');
    return `${bar.padEnd(BAR)} ${percent(share).padStart(7)}`;
  };
  const head = `${' '.repeat(width)}  ${'reference'.padEnd(BAR + 8)}  now`;
  return [
    head,
    ...names.map((name, i) => `${name.padEnd(width)}  ${side(reference[i] ?? 0)}  ${side(current[i] ?? 0)}`),
  ].join('\n');
}

/** Pieces as HTML, for the body of a page with {@link piecesCss}. */
export function asHtml(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      switch (piece.type) {
        case 'heading':
          return `<h${piece.level}>${escapeHtml(piece.text)}</h${piece.level}>`;
        case 'text':
          return `<p${piece.quiet === true ? ' class="quiet"' : ''}>${inline(piece.text)}</p>`;
        case 'list':
          return `<ul>${piece.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
        case 'code':
          return `<pre>${escapeHtml(piece.text)}</pre>`;
        case 'table':
          return tableHtml(piece);
        case 'shares':
          return figure(piece);
      }
    })
    .join('\n');
}

function tableHtml({ caption, head, rows, words }: Extract<Piece, { type: 'table' }>): string {
  const look = (i: number) => (words.includes(i) ? '' : ' class="number"');
  const cells = (row: readonly string[]) =>
    row
      .map((cell, i) =>
        i === 0 ? `<th scope="row"${look(i)}>${escapeHtml(cell)}</th>` : `<td${look(i)}>${escapeHtml(cell)}</td>`,
      )
      .join('');
  return `<div class="result"><table><caption class="quiet">${escapeHtml(caption)}</caption><thead><tr>${head
    .map((name, i) => `<th scope="col"${look(i)}>${escapeHtml(name)}</th>`)
    .join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></div>`;
}

const [WIDTH, HEIGHT] = [520, 110];
/** Up to so many bins each has its name below it. */
const NAMED = 8;

function figure(shares: Shares): string {
  const { title, labels, reference, current } = shares;
  const most = Math.max(1e-9, ...reference, ...current);
  const step = WIDTH / Math.max(1, labels.length);
  const bar = Math.min(step * 0.42, 28);
  const drawn = labels.map((label, i) => {
    const middle = step * (i + 0.5);
    return [
      { share: reference[i] ?? 0, look: 'reference', x: middle - bar, word: 'reference' },
      { share: current[i] ?? 0, look: 'now', x: middle, word: 'now' },
    ]
      .map(({ share, look, x, word }) => {
        const height = (share / most) * (HEIGHT - 6);
        return `<rect class="${look}" x="${x.toFixed(2)}" y="${(HEIGHT - height).toFixed(2)}" width="${Math.max(1, bar - 1).toFixed(2)}" height="${height.toFixed(2)}"><title>${escapeHtml(`${label}: ${percent(share)} ${word}`)}</title></rect>`;
      })
      .join('');
  });
  const table = tableHtml({
    type: 'table',
    caption: `Shares of ${title}`,
    head: ['bin', 'reference', 'now'],
    rows: labels.map((label, i) => [label, percent(reference[i] ?? 0), percent(current[i] ?? 0)]),
    words: [0],
  });
  return `<figure class="shares"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + 2}" role="img" aria-label="${escapeHtml(`Distribution of ${title}: reference and now`)}">${drawn.join('')}<line x1="0" x2="${WIDTH}" y1="${HEIGHT + 0.5}" y2="${HEIGHT + 0.5}"/></svg>
<div class="${labels.length <= NAMED ? 'ends all' : 'ends'}">${(labels.length <= NAMED ? labels : [labels[0] ?? '', labels.at(-1) ?? '']).map((label) => `<span>${escapeHtml(label)}</span>`).join('')}</div>
<figcaption><span class="key reference"></span> reference <span class="key now"></span> now</figcaption>
<details><summary>Numbers</summary>${table}</details></figure>`;
}

/** Looks of figures and tables; colours are told apart by lightness too. */
export const piecesCss = `
:root { --reference: #9aa4af; --now: #0b5cad; } @media screen and (prefers-color-scheme: dark) { :root { --reference: #6b7681; --now: #7cc0ff; } }
.number { text-align: right; font-variant-numeric: tabular-nums; }
figure.shares { margin: 8px 0 18px; max-width: 540px; } figure.shares svg { width: 100%; height: auto; display: block; }
figure.shares .reference { fill: var(--reference); background: var(--reference); } figure.shares .now { fill: var(--now); background: var(--now); }
figure.shares line { stroke: var(--vscode-foreground); stroke-width: 1; }
figure.shares .ends { display: flex; justify-content: space-between; font-size: 0.82em; color: var(--vscode-descriptionForeground); }
figure.shares .ends.all span { flex: 1; text-align: center; overflow: hidden; text-overflow: ellipsis; }
figure.shares figcaption { font-size: 0.85em; } .key { display: inline-block; width: 10px; height: 10px; margin-left: 10px; print-color-adjust: exact; }
details summary { font-weight: 400; font-size: 0.85em; color: var(--vscode-descriptionForeground); }
`;

/** A share as `12.3 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 0.05 ? '< 0.1' : value.toFixed(1)} %`;
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
