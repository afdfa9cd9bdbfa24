import { lineAt } from './lines';
import { keyLike } from './entries';
import type { Problem } from './types';

/** Levels of nesting; deeper is a mistake or an attack. */
export const MAX_DEPTH = 60;

/** A tag that means nothing in a pipeline. */
export function tagProblem(text: string, [from, to]: readonly [number, number]): Problem {
  return {
    code: 'yaml-tag',
    from,
    to,
    message: `The tag \`${text.slice(from, to)}\` means nothing here; the value is read without it.`,
  };
}

/** One clear problem for a syntax error of the parser, at the place where the mistake is rather than where it was noticed. */
export function syntaxProblem(text: string, code: string, message: string, from: number, to: number): Problem {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const upTo = Math.max(Math.min(to, text.length), Math.min(from + 1, text.length));
  const place = { from: Math.min(from, text.length), to: upTo };
  if (code === 'MULTIPLE_DOCS') {
    const mark = text.lastIndexOf('---', from + 3);
    const at = mark < 0 ? from : mark;
    return {
      code: 'several-documents',
      from: at,
      to: Math.min(at + 3, text.length),
      message: 'A file holds one pipeline. Move what follows `---` to a file of its own.',
    };
  }
  if (/Alias cannot be an empty/.test(message))
    return { code: 'unknown-alias', ...place, message: 'The name of an anchor is missing after `*`.' };
  const open = openMark(text);
  if (code === 'MISSING_CHAR' && /closing/.test(message)) {
    const at = open?.mark === '"' || open?.mark === "'" ? open.at : from;
    return {
      code: 'unclosed-quote',
      from: at,
      to: Math.max(at + 1, valueEnd(text, at)),
      message: 'This quote is never closed.',
    };
  }
  if (
    open &&
    '[{'.includes(open.mark) &&
    /flow|FLOW|BAD_INDENT|MISSING_CHAR|UNEXPECTED|MULTILINE|BLOCK_/i.test(`${message} ${code}`)
  ) {
    return {
      code: 'unclosed-bracket',
      from: open.at,
      to: open.at + 1,
      message: `This \`${open.mark}\` is never closed. Write \`${open.mark === '[' ? ']' : '}'}\` at its end.`,
    };
  }
  if (code === 'TAB_AS_INDENT' || /[Tt]ab/.test(message) || /^ *\t[ \t]*$/.test(text.slice(line.from, from))) {
    return { code: 'bad-indent', ...place, message: 'YAML does not allow tabs as indentation. Use spaces.' };
  }
  const parameter = /\$\{[^}\n]*\}?/.exec(text.slice(line.from, line.end));
  if (parameter && code === 'UNEXPECTED_TOKEN' && text[from] === '{') {
    const at = line.from + parameter.index;
    return {
      code: 'unquoted-parameter',
      from: at,
      to: at + parameter[0].length,
      message: `Inside \`{…}\` and \`[…]\` a parameter needs quotes: "${parameter[0]}".`,
      suggestion: `"${parameter[0]}"`,
    };
  }
  if (code === 'MULTILINE_IMPLICIT_KEY' || code === 'BLOCK_AS_IMPLICIT_KEY')
    return indentProblem(text, from, to) ?? colonProblem(text, from) ?? unclear(place, message);
  if (code === 'BAD_INDENT') {
    const bad = lineAt(text, line.from);
    return {
      code: 'bad-indent',
      from: bad.from + bad.indent,
      to: bad.end,
      message: `This line has ${bad.indent} spaces before it, which fits none of the lines above. Give it as many as its siblings.`,
    };
  }
  if (code === 'BAD_DQ_ESCAPE') {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.min(from + 2, text.length),
      message: `\`${text.slice(from, from + 2)}\` means nothing in double quotes. Write \`\\\\\` for a backslash, or use single quotes.`,
    };
  }
  if (code === 'BAD_SCALAR_START') {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.max(place.to, valueEnd(text, from)),
      message: `A value can't begin with \`${text[from] ?? ''}\`. Put it in quotes.`,
    };
  }
  if (code === 'MISSING_CHAR' && /map values/.test(message)) {
    return {
      code: 'incomplete-key',
      from,
      to: valueEnd(text, from),
      message: `Expected \`:\` after \`${text.slice(from, valueEnd(text, from))}\`.`,
    };
  }
  if (code === 'UNEXPECTED_TOKEN' && /node end/.test(message)) {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.max(place.to, line.end),
      message: 'Nothing can follow the value here. Put the whole value in quotes, or begin a new line.',
    };
  }
  return unclear(place, message);
}

function unclear(place: { from: number; to: number }, message: string): Problem {
  if (/call stack/i.test(message))
    return {
      code: 'too-deep',
      ...place,
      message: `This is nested too deep; more than ${MAX_DEPTH} levels are not read.`,
    };
  return { code: 'yaml-syntax', ...place, message: `This is not valid YAML: ${message.replace(/\.$/, '')}.` };
}

/** `key: value` and below it, deeper, another key. */
function indentProblem(text: string, from: number, to: number): Problem | undefined {
  const first = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const start = text.lastIndexOf('\n', Math.max(0, to - 1)) + 1;
  for (let at = first.next; at < text.length;) {
    const line = lineAt(text, at);
    const words = text.slice(line.from + line.indent, line.end);
    const key = keyLike.exec(words);
    if (key && line.indent > first.indent) {
      return {
        code: 'bad-indent',
        from: line.from + line.indent,
        to: line.from + line.indent + key[0].replace(/[ \t]*:$/, '').length,
        message: `This key has ${line.indent} spaces before it and its siblings ${first.indent}. Give it ${first.indent}.`,
      };
    }
    if (line.from >= start) break;
    at = line.next;
  }
  return undefined;
}

/** `a: b: c` on one line. */
function colonProblem(text: string, from: number): Problem | undefined {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const words = text.slice(from, line.end);
  if (!/:(\s|$)/.test(words)) return undefined;
  const value = words.replace(/[ \t]#.*$/, '').trimEnd();
  const plain = !/["'\\{}[\]]/.test(value);
  return {
    code: 'yaml-syntax',
    from,
    to: from + value.length,
    message: 'A value that holds `: ` needs quotes.',
    ...(plain && { suggestion: JSON.stringify(value) }),
  };
}

/** End of what stands on a line from an offset on, without a comment. */
function valueEnd(text: string, from: number): number {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const words = text.slice(from, line.end);
  const comment = /^["']/.test(words) ? -1 : words.search(/[ \t]#/);
  return from + (comment < 0 ? words : words.slice(0, comment)).trimEnd().length;
}

/** The innermost bracket or quote that is still open at the end of the text, by a scan that knows quotes and comments of YAML. */
function openMark(text: string): { mark: string; at: number } | undefined {
  const open: { mark: string; at: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const before = i === 0 ? ' ' : text.charAt(i - 1);
    if (c === '#' && /\s/.test(before)) {
      const end = text.indexOf('\n', i);
      if (end < 0) break;
      i = end;
    } else if ((c === '"' || c === "'") && /[\s[{,:-]/.test(before)) {
      const end = quoteEnd(text, i);
      if (end < 0) return { mark: c, at: i };
      i = end;
    } else if ((c === '[' || c === '{') && (open.length > 0 || /[\s-]/.test(before))) open.push({ mark: c, at: i });
    else if ((c === ']' || c === '}') && open.length > 0) open.pop();
  }
  return open[0] && open.at(-1);
}

function quoteEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote === '"' && c === '\\') i++;
    else if (c === quote) {
      if (quote === "'" && text[i + 1] === "'") i++;
      else return i;
    }
  }
  return -1;
}
