import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** What the fake `npm install` does: fetches a runtime that computes on a GPU or on the CPU, one that needs a library, or it fails. */
export type NpmPlan = 'gpu' | 'cpu' | 'library' | 'refused' | 'unbuilt' | 'broken' | 'slow';

/** A runtime as tfjs-node is one: it needs what Node 23 took out of `util`, and computes by tfjs-core. */
const RUNTIME = (plan: 'gpu' | 'cpu') => `const util = require('node:util');
if (!util.isNullOrUndefined(undefined)) throw new Error('util.isNullOrUndefined is wrong');
const from = require('node:module').createRequire(${JSON.stringify(resolve('package.json'))});
const tf = from('@tensorflow/tfjs-core');
from('@tensorflow/tfjs-backend-cpu');
module.exports = { ...tf, version_core: tf.version_core, backend: () => ({ isUsingGpuDevice: ${plan === 'gpu'}, binding: { TF_Version: '2.9.1' } }) };
`;

const LACKING = `throw new Error('libcudart.so.11.0: cannot open shared object file: No such file or directory');\n`;

/** Ends of real failures of npm 10. */
const FAILURES: Partial<Record<NpmPlan, readonly string[]>> = {
  refused: [
    'CPU-linux-4.22.0.tar.gz',
    'Error: getaddrinfo ENOTFOUND storage.googleapis.com',
    "  hostname: 'storage.googleapis.com'",
    'npm error code 1',
  ],
  unbuilt: [
    'node-pre-gyp ERR! install response status 404 Not Found',
    'gyp ERR! find Python Python is not set from command line or npm configuration',
    'npm error code 1',
  ],
  broken: ['npm error code ENOSPC', 'npm error nospc no space left on device, write'],
};

/** Writes a program for `sh`. */
export function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** Puts a program `npm` into `folder`, and gives an environment in which it is found first and installs into `folder`/runtime. */
export function fakeNpm(folder: string, plan: NpmPlan): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  const failure = FAILURES[plan];
  const lines = [
    'echo "npm warn deprecated rimraf@2.7.1: no longer supported" >&2',
    'for share in 3 50 100; do echo "* Downloading libtensorflow: $share %"; done',
  ];
  if (plan === 'slow') lines.push(`mkdir -p node_modules/half`, `echo $$ > '${join(folder, 'npm.pid')}'`, 'sleep 60');
  else if (failure) {
    writeFileSync(join(folder, 'failure.txt'), `${failure.join('\n')}\n`);
    lines.push('mkdir -p node_modules/half', `cat '${join(folder, 'failure.txt')}' >&2`, 'exit 1');
  } else {
    const source = join(folder, 'package');
    mkdirSync(source, { recursive: true });
    writeFileSync(
      join(source, 'package.json'),
      JSON.stringify({ name: '@tensorflow/tfjs-node-gpu', version: '4.22.0', main: 'index.js' }),
    );
    writeFileSync(join(source, 'index.js'), plan === 'library' ? LACKING : RUNTIME(plan === 'gpu' ? 'gpu' : 'cpu'));
    lines.push('mkdir -p node_modules/@tensorflow', `cp -r '${source}' node_modules/@tensorflow/tfjs-node-gpu`);
  }
  script(join(folder, 'npm'), lines.join('\n'));
  return {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    LIFECYCLE_GPU_RUNTIME: join(folder, 'runtime'),
  };
}

/** Puts a program `ldconfig` into `folder` that knows these libraries, by file name. */
export function fakeLibraries(folder: string, files: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = files.map((file) => `echo '\t${file} (libc6,x86-64) => /opt/lib/${file}'`);
  script(join(folder, 'ldconfig'), [`echo '${files.length} libs found in cache'`, ...lines].join('\n'));
}
