import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { coreLimit, coreQuota, memoryLimit } from '../../../lifecycle/process/limits';

describe('what a process may use', () => {
  let cgroups = '';
  beforeEach(() => (cgroups = mkdtempSync(path.join(tmpdir(), 'cgroups-'))));
  afterEach(() => rmSync(cgroups, { recursive: true }));

  function put(group: string, files: Record<string, string>): void {
    mkdirSync(path.join(cgroups, group), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cgroups, group, name), `${text}\n`);
  }

  it('is never more than the machine has', () => {
    assert.ok(coreLimit() >= 1 && coreLimit() <= availableParallelism());
    assert.ok(memoryLimit() > 0 && memoryLimit() <= totalmem());
  });

  it('no limit: none is told', () => {
    assert.equal(coreQuota(cgroups, undefined), undefined);
    assert.equal(coreQuota(cgroups, '0::/\n'), undefined);
    put('a', { 'cpu.max': 'max 100000' });
    assert.equal(coreQuota(cgroups, '0::/a\n'), undefined);
    put('cpu,cpuacct/docker/1', { 'cpu.cfs_quota_us': '-1', 'cpu.cfs_period_us': '100000' });
    assert.equal(coreQuota(cgroups, '4:cpu,cpuacct:/docker/1\n'), undefined);
  });

  it('second generation: inside a container its own group is the root', () => {
    put('', { 'cpu.max': '150000 100000' });
    assert.equal(coreQuota(cgroups, '0::/\n'), 1.5);
  });

  it('second generation: the least on the way up', () => {
    put('kubepods', { 'cpu.max': '400000 100000' });
    put('kubepods/pod', { 'cpu.max': '200000 100000' });
    put('kubepods/pod/app', { 'cpu.max': 'max 100000' });
    assert.equal(coreQuota(cgroups, '0::/kubepods/pod/app\n'), 2);
  });

  it('first generation, beside groups that are not about cores', () => {
    put('cpu,cpuacct/docker/1', { 'cpu.cfs_quota_us': '50000', 'cpu.cfs_period_us': '100000' });
    put('cpuset/docker/1', { 'cpu.cfs_quota_us': '1', 'cpu.cfs_period_us': '100000' });
    const own = '9:cpuset:/docker/1\n4:cpu,cpuacct:/docker/1\n0::/docker/1\n';
    assert.equal(coreQuota(cgroups, own), 0.5);
  });
});
