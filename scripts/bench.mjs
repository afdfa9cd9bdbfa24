#!/usr/bin/env node
// npm run bench: lists the comparisons of bench/. `npm run bench -- serve search` runs those, `--all` runs every one, the quick ones first.
// What follows a second `--` is handed to them: `npm run bench -- serve -- --rounds 5 --write`.
import { spawnSync } from 'node:child_process';
import { main, root, run } from './lib/proc.mjs';
import { buildAll, ensureDependencies } from './lib/setup.mjs';

const tsx = (file, ...rest) => ['npx', 'tsx', file, ...rest];
const python = (file, ...rest) => ['/usr/bin/python3', file, ...rest];

/**
 * Every comparison: what is compared, with what, about how many minutes it takes on two quiet cores, and its commands, one after the other. `needs` are
 * Python modules of Debian's; `writes` says when its results page is written.
 */
const benches = {
  'no-op': {
    what: 'a run with nothing to do, beside starting Node',
    minutes: 1,
    commands: [tsx('bench/no-op/bench.ts')],
    writes: '--write',
  },
  'first-run': {
    what: 'from the raw file to the first prediction of a served model, against 60 s',
    minutes: 1,
    commands: [tsx('bench/first-run/bench.ts')],
    writes: '--write',
  },
  activation: {
    what: 'activation of the extension, beside those that VS Code brings along',
    minutes: 4,
    commands: [tsx('bench/activation/bench.ts')],
    writes: '--write',
  },
  quality: {
    what: 'accuracy of our models beside scikit-learn on the data of the examples',
    minutes: 10,
    commands: [tsx('bench/quality/run.ts'), python('bench/quality/compare.py')],
    needs: 'sklearn',
    writes: 'always',
  },
  images: {
    what: "MNIST's digits by the preset cnn, against 98.5 % in 3 minutes",
    minutes: 6,
    commands: [tsx('bench/quality/images.ts'), python('bench/quality/images.py')],
    needs: 'sklearn',
    writes: 'printed; the reference always',
  },
  serve: {
    what: 'the model server beside FastAPI with the same model in numpy',
    minutes: 5,
    commands: [tsx('bench/serve/bench.ts')],
    needs: 'fastapi, uvicorn, numpy',
    writes: '--write',
  },
  webviews: {
    what: 'the panels at scale beside Chart.js and Vega, in Chromium',
    minutes: 5,
    commands: [tsx('bench/webviews/bench.ts')],
    writes: '--write',
  },
  'language-server': {
    what: 'latency of the language server beside yaml-language-server',
    minutes: 6,
    commands: [['node', 'bench/language-server/bench.mjs']],
    writes: '--write',
  },
  networks: {
    what: 'training steps of networks beside PyTorch',
    minutes: 6,
    commands: [tsx('bench/train/networks.ts')],
    needs: 'torch',
    writes: 'always',
  },
  booster: {
    what: "boosted trees beside scikit-learn's and xgboost's",
    minutes: 8,
    commands: [tsx('bench/train/booster.ts')],
    needs: 'sklearn, xgboost',
    writes: 'always',
  },
  meter: {
    what: 'telling what a GPU does while it trains, against 1 % of a core',
    minutes: 2,
    commands: [tsx('bench/train/meter.ts')],
    writes: '--write',
  },
  monitor: {
    what: 'drift of 10 million logged predictions beside pandas and scipy',
    minutes: 10,
    commands: [tsx('bench/monitor/bench.ts')],
    needs: 'pandas, scipy',
    writes: 'never, printed',
  },
  search: {
    what: 'TPE, ASHA and Hyperband beside random search, seeds 1 to 20',
    minutes: 15,
    commands: [tsx('bench/search/bench.ts')],
    writes: 'unless --quick',
  },
  data: {
    what: 'the data stage on 10 million rows beside pandas',
    minutes: 15,
    commands: [tsx('bench/data/run.ts')],
    needs: 'pandas, sklearn',
    writes: 'at full size',
  },
  texts: {
    what: 'free texts beside scikit-learn',
    minutes: 20,
    commands: [tsx('bench/quality/texts.ts'), python('bench/quality/texts.py')],
    needs: 'sklearn',
    writes: 'always',
  },
  memory: {
    what: 'training on 5 GB, and the most memory that each stage takes',
    minutes: 45,
    commands: [tsx('bench/memory/bench.ts')],
    writes: 'at full size',
  },
};

main(async () => {
  const given = process.argv.slice(2);
  const end = given.includes('--') ? given.indexOf('--') : given.length;
  const [asked, handed] = [given.slice(0, end), given.slice(end + 1)];
  const names = asked.includes('--all') ? Object.keys(benches) : asked;
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(`There is no bench '${unknown.join("', '")}'; there are ${Object.keys(benches).join(', ')}.`);
    return 2;
  }
  if (names.length === 0) return list();

  await ensureDependencies();
  await buildAll();
  const failed = [];
  for (const name of names) {
    const lacking = lackingModules(benches[name].needs);
    if (lacking) {
      console.error(`\n${name}: needs /usr/bin/python3 with ${lacking}.`);
      failed.push(name);
      continue;
    }
    console.log(`\n${name}: ${benches[name].what}, about ${benches[name].minutes} min`);
    for (const [command, ...args] of benches[name].commands) {
      const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
      const { code } = await run(command, [...args, ...handed], { env });
      if (code === 0) continue;
      failed.push(name);
      break;
    }
  }
  if (failed.length > 0) console.error(`\nNot run to the end: ${failed.join(', ')}.`);
  return failed.length > 0 ? 1 : 0;
});

function list() {
  const width = Math.max(...Object.keys(benches).map((name) => name.length));
  for (const [name, { what, minutes, writes }] of Object.entries(benches))
    console.log(`${name.padEnd(width)}  ${String(minutes).padStart(2)} min  ${what} (results written: ${writes})`);
  console.log('\nnpm run bench -- NAME …   or --all; what follows a second -- is handed on, such as -- --write');
  return 0;
}

/** Which of the Python modules are not there; undefined when all are. */
function lackingModules(needs) {
  const lacking = (needs?.split(', ') ?? []).filter(
    (module) => spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { cwd: root }).status !== 0,
  );
  return lacking.length > 0 ? lacking.join(', ') : undefined;
}
