// Reference pages in Markdown, one a schema that users write by hand.

const pages = [
  'pipeline',
  'data',
  'train',
  'evaluate',
  'optimize',
  'package',
  'deploy',
  'monitor',
  'targets',
  'project',
  'settings',
];

const code = (value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** @returns {Map<string, string>} file name → Markdown */
export function referencePages(schemas) {
  const byId = Object.fromEntries(schemas.map((schema) => [schema.$id, schema]));
  const resolve = (node, from) => {
    if (!node.$ref) return { node, from };
    const [id, pointer] = node.$ref.split('#');
    const base = byId[id || from];
    const target = pointer
      ? pointer
          .split('/')
          .slice(1)
          .reduce((at, key) => at[key], base)
      : base;
    return resolve(target, id || from);
  };
  const typeOf = (node, from) => {
    const found = resolve(node, from);
    const it = found.node;
    if (it.const !== undefined) return code(it.const);
    if (it.enum) return it.enum.map(code).join(', ');
    if (it.anyOf && !it.properties)
      return [...new Set(it.anyOf.map((option) => typeOf(option, found.from)))].join(' or ');
    if (it.oneOf) return 'map';
    if (it.type === 'array') return it.items ? `list of ${typeOf(it.items, found.from)}` : 'list';
    if (it.type === 'object') return 'map';
    const type = Array.isArray(it.type) ? it.type.join(' or ') : (it.type ?? 'any');
    return type;
  };
  const range = (it) => {
    const parts = [];
    if (it.minimum !== undefined) parts.push(`≥ ${it.minimum}`);
    if (it.exclusiveMinimum !== undefined) parts.push(`> ${it.exclusiveMinimum}`);
    if (it.maximum !== undefined) parts.push(`≤ ${it.maximum}`);
    if (it.exclusiveMaximum !== undefined) parts.push(`< ${it.exclusiveMaximum}`);
    return parts.join(', ');
  };
  const rows = (schema, from, prefix, out, seen) => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const found = resolve(property, from);
      const it = found.node;
      const key = `${prefix}${name}`;
      const notes = [property.description ?? it.description ?? ''];
      if (it.default !== undefined) notes.push(`Default ${code(it.default)}.`);
      const limits = range(it);
      if (limits) notes.push(`Range ${limits}.`);
      if (it.examples?.length) notes.push(`Example ${code(it.examples[0])}.`);
      out.push(
        `| \`${key}\`${schema.required?.includes(name) ? ' *' : ''} | ${cell(typeOf(property, from))} | ${cell(notes.join(' '))} |`,
      );
      nested(it, found.from, `${key}.`, out, seen);
    }
  };
  const nested = (it, from, prefix, out, seen) => {
    for (const option of [it, ...(it.anyOf ?? []), ...(it.oneOf ?? [])]) {
      const { node, from: at } = resolve(option, from);
      if (node !== it && (node.anyOf || node.oneOf)) nested(node, at, prefix, out, seen);
      if (node.properties && !seen.has(node)) rows(node, at, prefix, out, new Set([...seen, node]));
      if (node.type === 'array' && node.items) {
        const item = resolve(node.items, at);
        nested(item.node, item.from, `${prefix.slice(0, -1)}[].`, out, seen);
      }
      if (node.type === 'object' && typeof node.additionalProperties === 'object') {
        const item = resolve(node.additionalProperties, at);
        if (!seen.has(item.node)) nested(item.node, item.from, `${prefix}NAME.`, out, new Set([...seen, item.node]));
      }
    }
  };
  const result = new Map();
  for (const id of pages) {
    const schema = byId[id];
    const out = [];
    const skip = new Set(id === 'pipeline' ? [schema.$defs.Stage] : []);
    rows(schema, id, '', out, skip);
    const outputs = schema['x-outputs'] && Object.entries(schema['x-outputs']);
    const lines = [
      `# ${id === 'settings' ? 'Settings' : `\`${id}\``}`,
      '',
      schema.description,
      '',
      '| Key (* required) | Type | Meaning |',
      '| --- | --- | --- |',
      ...out,
      '',
    ];
    if (outputs?.length)
      lines.push(
        'Outputs that other stages can refer to:',
        '',
        ...outputs.map(([name, text]) => `- \`STAGE.${name}\`: ${text}`),
        '',
      );
    lines.push('_Generated from the schemas; do not edit._', '');
    result.set(`${id}.md`, lines.join('\n'));
  }
  return result;
}
