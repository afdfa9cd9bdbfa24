import { createHash } from 'node:crypto';
import MarkdownIt from 'markdown-it';
import type { StageOutput } from '../../schemas/shown';
import { sendable } from './detail';
import { pageCss } from './page-style';

/** One piece of a report, in the order of the document. */
export type Block =
  | { readonly type: 'prose'; readonly markdown: string }
  | { readonly type: 'stages'; readonly yaml: string; readonly stages: readonly ReportStage[] };

export interface ReportStage {
  readonly name: string;
  readonly kind: string;
  /** Absent when the stage has never run. */
  readonly output?: StageOutput;
  /** The result in short, for readers without scripts. */
  readonly markdown?: string;
  /** Why the result is no longer that of the text; absent when it is, or when that can't be told. */
  readonly stale?: string;
}

export interface Report {
  readonly title: string;
  readonly description?: string;
  /** Facts beside the title, such as `commit` and `engine`. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly blocks: readonly Block[];
  /** Source of the script that draws the figures; without it only the short forms are shown. */
  readonly script?: string;
  /** Content of an image that the prose names, as a `data:` address; undefined leaves it out. */
  readonly image: (src: string) => string | undefined;
}

/**
 * A report as one HTML page that needs nothing else: text, figures, their data. Nothing in it is fetched from anywhere, and the only script
 * that may run in it is the one that draws the figures (Content-Security-Policy with its hash). HTML in the prose is shown as text.
 */
export function page(report: Report): string {
  const { title, description, facts, blocks, script } = report;
  const markdown = reader(report.image);
  const content = blocks.map((block) =>
    block.type === 'prose' ? `<section class="prose">${markdown.render(block.markdown)}</section>` : stages(block),
  );
  return wholePage({
    title,
    ...(description === undefined ? {} : { description }),
    facts,
    head: overview(blocks),
    content: content.join('\n'),
    ...(script === undefined ? {} : { script }),
  });

  function stages({ yaml, stages: parts }: Extract<Block, { type: 'stages' }>): string {
    const results = parts.map(({ name, output, markdown: short, stale }) => {
      const note =
        stale === undefined
          ? ''
          : `<p class="stale">Not of the present text: would run again, ${escapeHtml(stale)}.</p>`;
      if (!output)
        return `<div class="result" id="${idOf(name)}"><p class="quiet">${escapeHtml(name)} has not run yet.</p></div>`;
      const still = markdown.render(short ?? '');
      const data = sendable(output).replaceAll('<', '\\u003c');
      return `<div class="result" id="${idOf(name)}">${note}<script type="application/json">${data}</script><div class="still">${still}</div></div>`;
    });
    return `<section class="stages"><details><summary>${parts.map(({ name, kind }) => `${escapeHtml(name)} <span class="quiet">${escapeHtml(kind)}</span>`).join(', ')}</summary><pre>${escapeHtml(yaml)}</pre></details>${results.join('')}</section>`;
  }
}

/** What a page of ours is made of; title, description and facts are text, the rest HTML. */
export interface WholePage {
  readonly title: string;
  readonly description?: string;
  readonly facts: Report['facts'];
  /** After the facts, in the head. */
  readonly head?: string;
  readonly content: string;
  /** Looks besides those of all pages. */
  readonly css?: string;
  readonly script?: string;
}

/** One HTML page that needs nothing else: nothing is fetched, and no script may run but the given one. */
export function wholePage({ title, description, facts, head = '', content, css = '', script }: WholePage): string {
  // Within an element a closing tag would end the script.
  const code = script?.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    ...(code === undefined ? [] : [`script-src 'sha256-${createHash('sha256').update(code).digest('base64')}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="ML Lifecycle">
<title>${escapeHtml(title)}</title>
<style>${pageCss}${css}</style>
</head>
<body class="vscode-light">
<main>
<header class="report">
<h1>${escapeHtml(title)}</h1>
${description === undefined ? '' : `<p>${escapeHtml(description)}</p>\n`}<dl>${facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
${head}
</header>
${content}
</main>
${code === undefined ? '' : `<script>${code}</script>\n`}</body>
</html>
`;
}

function overview(blocks: readonly Block[]): string {
  const all = blocks.flatMap((block) => (block.type === 'stages' ? block.stages : []));
  if (all.length === 0) return '';
  const rows = all.map(({ name, kind, output, stale }) => {
    const state = output?.state ?? 'not run';
    return `<tr><td><a href="#${idOf(name)}">${escapeHtml(name)}</a></td><td>${escapeHtml(kind)}</td><td>${escapeHtml(state)}${stale === undefined ? '' : ' (stale)'}</td><td>${escapeHtml(output?.summary ?? output?.error?.message ?? '')}</td></tr>`;
  });
  return `<table><caption class="quiet">Stages</caption><thead><tr><th scope="col">stage</th><th scope="col">kind</th><th scope="col">state</th><th scope="col">result</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const idOf = (name: string): string => `stage-${encodeURIComponent(name)}`;

/** Markdown as CommonMark with tables; HTML as text; only links that lead to the web, to mail or within the page. */
function reader(image: Report['image']): InstanceType<typeof MarkdownIt> {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  markdown.validateLink = (url) => /^(https?:|mailto:|#|\.{0,2}\/|[\w%.~-]+(\/|$|\.|#))/i.test(url.trim());
  markdown.renderer.rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const alt = escapeHtml(token?.content ?? '');
    const src = image(String(token?.attrGet('src') ?? ''));
    return src === undefined ? `<span class="quiet">[${alt}]</span>` : `<img alt="${alt}" src="${escapeHtml(src)}">`;
  };
  return markdown;
}

/** Text as HTML that shows it as it is. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
