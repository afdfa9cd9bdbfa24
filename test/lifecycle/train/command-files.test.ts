import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, withPython } from '../../../lifecycle/train/command/python';
import { crc32c, EventReader, masked } from '../../../lifecycle/train/command/tensorboard';
import { EventFiles, nameOf, readMetricsFile } from '../../../lifecycle/train/command/written';
import { freshFolder } from '../../rigs/folder';

/** CRC-32C bit by bit, as RFC 3720 defines it: another way than the reader's. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const one = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (one ? 0x82f63b78 : 0);
    }
  return ~crc >>> 0;
}

function record(data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(data.length));
  const mask = (bytes: Buffer) => {
    const crc = slowCrc(bytes);
    const out = Buffer.alloc(4);
    out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    return out;
  };
  return Buffer.concat([head, mask(head), data, mask(data)]);
}

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
};
const block = (field: number, data: Buffer) => Buffer.concat([varint(field * 8 + 2), varint(data.length), data]);
const float = (value: number) => {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return data;
};
const wallTime = Buffer.concat([varint(9), Buffer.alloc(8)]);

/** As torch.utils.tensorboard writes a scalar: `simple_value`. */
const simple = (tag: string, step: number, value: number) =>
  record(
    Buffer.concat([
      wallTime,
      varint(16),
      varint(step),
      block(5, block(1, Buffer.concat([block(1, Buffer.from(tag)), varint(21), float(value)]))),
    ]),
  );

/** As TensorFlow 2 writes one: a tensor. */
const tensor = (tag: string, step: number, value: number) =>
  record(
    Buffer.concat([
      wallTime,
      varint(16),
      varint(step),
      block(
        5,
        block(
          1,
          Buffer.concat([
            block(1, Buffer.from(tag)),
            block(8, Buffer.concat([varint(8), varint(1), block(4, float(value))])),
          ]),
        ),
      ),
    ]),
  );

const version = record(Buffer.concat([wallTime, block(3, Buffer.from('brain.Event:2'))]));

describe('train/command files', () => {
  const folder = freshFolder();

  it('checks with CRC-32C', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(slowCrc(Buffer.from('123456789')), 0xe3069283);
    assert.equal(masked(0), 0xa282ead8);
  });

  it('reads scalars of both kinds, however the file grows', () => {
    const whole = Buffer.concat([
      version,
      simple('loss', 1, 0.5),
      tensor('val_loss', 300, 0.25),
      simple('ünïcode', 70_000, -1),
    ]);
    for (const size of [1, 7, 64, whole.length]) {
      const reader = new EventReader();
      const found = [];
      for (let at = 0; at < whole.length; at += size) found.push(...reader.read(whole.subarray(at, at + size)));
      assert.deepEqual(found, [
        { tag: 'loss', step: 1, value: 0.5 },
        { tag: 'val_loss', step: 300, value: 0.25 },
        { tag: 'ünïcode', step: 70_000, value: -1 },
      ]);
      assert.ok(reader.sound);
    }
  });

  it('stops at damage, and keeps what came before', () => {
    const whole = Buffer.concat([simple('loss', 1, 0.5), simple('loss', 2, 0.4), simple('loss', 3, 0.3)]);
    const place = simple('loss', 1, 0.5).length + 14;
    whole[place] = whole[place]! ^ 1;
    const reader = new EventReader();
    assert.deepEqual(
      reader.read(whole).map(({ step }) => step),
      [1],
    );
    assert.equal(reader.sound, false);
    assert.deepEqual(new EventReader().read(Buffer.from('not an event file, but text')), []);
  });

  it('follows the files of a program, in its output and in the usual places', async () => {
    const points: [string, number, number][] = [];
    const logs: string[] = [];
    const output = join(folder(), 'output');
    const files = new EventFiles(output, folder(), {
      metric: (name, value, step) => void points.push([name, step, value]),
      log: (_level, message) => void logs.push(message),
    });
    mkdirSync(join(output, 'tensorboard'), { recursive: true });
    mkdirSync(join(folder(), 'runs', 'now'), { recursive: true });
    writeFileSync(
      join(output, 'tensorboard', 'events.out.tfevents.1.host'),
      Buffer.concat([version, simple('Loss/train', 0, 1)]),
    );
    writeFileSync(join(folder(), 'runs', 'now', 'events.out.tfevents.2.host'), simple('Loss/val', 0, 2));
    writeFileSync(join(output, 'events.out.tfevents.3.host'), Buffer.from('this one is broken from its beginning'));
    files.start();
    await files.end();
    assert.deepEqual(points.sort(), [
      ['loss', 0, 1],
      ['validation/loss', 0, 2],
    ]);
    assert.equal(logs.length, 1);
    assert.match(logs[0]!, /tfevents\.3\.host is damaged/);
  });

  it('names curves as the panels pair them', () => {
    const names = ['Loss/train', 'Loss/val', 'val_loss', 'train/acc', 'Accuracy/test', 'lr', 'epoch/time'];
    assert.deepEqual(names.map(nameOf), [
      'loss',
      'validation/loss',
      'validation/loss',
      'acc',
      'test/accuracy',
      'lr',
      'epoch/time',
    ]);
  });

  it('reads metrics.json, and says when it can not', async () => {
    const points: [string, number, number][] = [];
    const logs: string[] = [];
    const report = {
      metric: (name: string, value: number, step: number) => void points.push([name, step, value]),
      log: (_level: string, message: string) => void logs.push(message),
    };
    assert.deepEqual(await readMetricsFile(folder(), report), {});
    writeFileSync(
      join(folder(), 'metrics.json'),
      '{"auc": 0.8, "test": {"f1": 0.5, "note": "x"}, "loss": [3, 2], "bad": NaN}',
    );
    assert.deepEqual(await readMetricsFile(folder(), report), { auc: 0.8, 'test/f1': 0.5 });
    assert.deepEqual(points, [
      ['loss', 0, 3],
      ['loss', 1, 2],
    ]);
    writeFileSync(join(folder(), 'metrics.json'), '{"auc": ');
    assert.deepEqual(await readMetricsFile(folder(), report), {});
    assert.match(logs[0]!, /not JSON/);
  });

  it('takes the Python that is meant', async () => {
    const bin = join(folder(), '.venv', 'bin');
    mkdirSync(bin, { recursive: true });
    const inner = join(folder(), 'a', 'b');
    mkdirSync(inner, { recursive: true });
    const none = { PATH: process.env['PATH'] };
    assert.equal(await findPython(inner, none), undefined);
    writeFileSync(join(bin, 'python'), '');
    chmodSync(join(bin, 'python'), 0o755);
    assert.equal(await findPython(inner, none), join(bin, 'python'));
    assert.equal(await findPython(inner, { ...none, LIFECYCLE_PYTHON: '/x/python' }), '/x/python');
    assert.deepEqual(await withPython(['python3', 'a.py'], inner, none), [join(bin, 'python'), 'a.py']);
    assert.deepEqual(await withPython(['/usr/bin/python3', 'a.py'], inner, none), ['/usr/bin/python3', 'a.py']);
    mkdirSync(join(folder(), 'a', '.git'));
    assert.equal(await findPython(inner, { ...none, VIRTUAL_ENV: join(folder(), '.venv') }), join(bin, 'python'));
    assert.equal(await findPython(inner, none), undefined);
    const conda = join(folder(), 'miniconda', 'envs', 'ml');
    const active = { ...none, CONDA_PREFIX: conda };
    assert.equal(await findPython(inner, active), undefined, 'an environment that is gone');
    mkdirSync(join(conda, 'bin'), { recursive: true });
    writeFileSync(join(conda, 'bin', 'python'), '');
    assert.equal(await findPython(inner, active), join(conda, 'bin', 'python'));
    assert.deepEqual(await withPython(['python', 'a.py'], inner, active), [join(conda, 'bin', 'python'), 'a.py']);
    const both = { ...active, VIRTUAL_ENV: join(folder(), '.venv') };
    assert.equal(await findPython(inner, both), join(bin, 'python'), 'the innermost one');
  });
});
