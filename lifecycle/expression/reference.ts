import { functions, signature } from './functions';

const head = `# Expressions

Written in \`filter\`, \`derive\`, \`expect: where\`, \`retrain: when\`. The same text is computed in SQL for training and, where it makes a feature, in the
graph of the served model.

\`\`\`yaml
rows:
  - filter: tenure >= 0 and contract in ('One year', 'Two year')
features:
  - derive:
      charge_per_month: total_charges / max(tenure, 1)
      per_item: "\`Revenue (€)\` / items"
\`\`\`

| What | How |
| --- | --- |
| A column | \`tenure\`; in backticks when it holds spaces, signs or is a word of the language: \`\` \`Revenue (€)\` \`\`. YAML wants quotes around a text that begins with a backtick |
| Numbers, texts, truth | \`12\`, \`0.5\`, \`1e6\`; \`'Two year'\`; \`true\`, \`false\` |
| Arithmetic | \`+\` \`-\` \`*\` \`/\` \`%\` \`^\` |
| Comparison | \`=\` \`!=\` \`<\` \`<=\` \`>\` \`>=\`, \`x between 1 and 5\`, \`x in ('a', 'b')\`, each also with \`not\` |
| Conditions | \`and\`, \`or\`, \`not\`, parentheses |
| Missing values | \`x is null\`, \`x is not null\`. Arithmetic on a missing value is missing; a comparison with one is false, so that \`!=\` and \`not in\` are true. An empty text is missing |
| Dates and times | compared with a text in ISO form: \`ordered >= '2024-12-31'\`. They filter rows; their parts become features by the step \`date-parts\` |

## Functions

| Function | | Example |
| --- | --- | --- |
`;

/** docs/reference/expressions.md, of which a test says whether it is fresh. */
export function expressionPage(): string {
  const rows = functions.map((entry) => {
    const only = entry.notServed === undefined ? '' : ' For rows only: a served model can not compute it.';
    return `| \`${signature(entry)}\` | ${entry.description}${only} | \`${entry.example}\` |`;
  });
  return `${head}${rows.join('\n')}\n\n\`T\` is any one type. Made from the table in \`lifecycle/expression/functions.ts\`; a test holds it fresh.\n`;
}
