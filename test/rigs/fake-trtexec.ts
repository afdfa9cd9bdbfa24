import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/**
 * A folder with a stand-in for NVIDIA's `trtexec`, put at the front of PATH by the environment that is given. It takes the options that are documented
 * for the real one (samples/trtexec of github.com/NVIDIA/TensorRT) and refuses others, reads inputs and writes JSON as that does, six digits included;
 * its engine is the ONNX file, run by onnxruntime. `fails` makes it end as the real one does when it knows an operator not; `typed` is one of TensorRT 11.
 */
export function fakeTrtexec(
  folder: string,
  { fails = false, typed = false }: { readonly fails?: boolean; readonly typed?: boolean } = {},
): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'trtexec');
  const runtime = createRequire(__filename).resolve('onnxruntime-node');
  const known = ['onnx', 'saveEngine', 'minShapes', 'optShapes', 'maxShapes', 'skipInference', 'loadEngine', 'shapes'];
  const more = ['loadInputs', 'iterations', 'warmUp', 'duration', 'exportOutput', 'exportTimes', 'help'];
  const options = [...known, ...more, ...(typed ? [] : ['fp16', 'int8'])];
  const text = `#!${process.execPath}
const fs = require('fs');
const given = Object.fromEntries(process.argv.slice(2).map((each) => /^--(\\w+)(?:=(.*))?$/.exec(each).slice(1)).map(([name, value]) => [name, value ?? true]));
const known = ${JSON.stringify(options)};
const say = (level, line) => console.log('[11/29/2026-09:00:00] [' + level + '] ' + line);
const end = (passed) => { console.log('&&&& ' + (passed ? 'PASSED' : 'FAILED') + ' TensorRT.trtexec [TensorRT v100300]'); process.exitCode = passed ? 0 : 1; };
const shapes = (text) => Object.fromEntries(text.split(',').map((each) => each.split(':')).map(([name, dims]) => [name, dims.split('x').map(Number)]));
console.log('&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # ' + process.argv.slice(1).join(' '));
const strange = Object.keys(given).find((name) => !known.includes(name));
if (strange) { say('E', 'Unknown option: --' + strange); end(false); }
else if (given.help) { for (const name of known) console.log('  --' + name); }
else if (given.onnx) {
  say('I', 'Selected Device: NVIDIA L4');
  say('I', 'TensorRT version: 10.3.0');
  const all = ['min', 'opt', 'max'].map((of) => shapes(given[of + 'Shapes']));
  if (${fails}) {
    say('E', 'In node 3 with name: tree and operator: TreeEnsemble (checkFallbackPluginImporter): UNSUPPORTED_NODE');
    say('E', 'Failed to parse onnx file');
    end(false);
  } else {
    fs.writeFileSync(given.saveEngine, Buffer.concat([Buffer.from(JSON.stringify({ min: all[0], max: all[2], options: Object.keys(given) }) + '\\n'), fs.readFileSync(given.onnx)]));
    end(true);
  }
} else {
  const bytes = fs.readFileSync(given.loadEngine);
  const line = bytes.indexOf(10);
  const { min, max } = JSON.parse(bytes.subarray(0, line));
  const asked = shapes(given.shapes);
  for (const [name, dims] of Object.entries(asked))
    if (dims.some((dim, i) => dim < min[name][i] || dim > max[name][i])) { say('E', 'dimensions out of the profile'); process.exit(1); }
  const files = Object.fromEntries(given.loadInputs.split(',').map((each) => each.split(':')));
  if (given.exportTimes) fs.writeFileSync(given.exportTimes, JSON.stringify([0.25, 0.125, 0.5].map((latencyMs) => ({ computeMs: latencyMs / 2, latencyMs }))));
  if (!given.exportOutput) end(true);
  else {
    const ort = require(${JSON.stringify(runtime)});
    ort.InferenceSession.create(bytes.subarray(line + 1), { logSeverityLevel: 3 }).then(async (session) => {
      const feeds = Object.fromEntries(Object.entries(asked).map(([name, dims]) => {
        const raw = fs.readFileSync(files[name]);
        if (raw.length !== 4 * dims.reduce((a, b) => a * b, 1)) throw new Error('the file ' + files[name] + ' has ' + raw.length + ' bytes');
        return [name, new ort.Tensor('float32', new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length)), dims)];
      }));
      const results = await session.run(feeds);
      const tensors = Object.entries(results).map(([name, { dims, data }]) => '{ "name" : "' + name + '"\\n  , "dimensions" : "' + dims.join('x') + '"\\n  , "values" : [ ' + [...data].map((value) => (Number.isNaN(value) ? 'nan' : String(Number(value.toPrecision(6))))).join(', ') + ' ]\\n  }\\n');
      fs.writeFileSync(given.exportOutput, '[\\n  ' + tensors.join(', ') + ']\\n');
      end(true);
    }).catch((error) => { say('E', error.message); end(false); });
  }
}
`;
  writeFileSync(program, text);
  chmodSync(program, 0o755);
  return { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
}
