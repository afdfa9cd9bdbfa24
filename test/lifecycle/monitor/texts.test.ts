import assert from 'node:assert/strict';
import type { MonitorStage } from '../../../schemas/generated/types';
import { type ReferenceTable, watchedColumns } from '../../../lifecycle/monitor/reference';
import type { Watched } from '../../../lifecycle/monitor/deployment';
import type { StageContext } from '../../../lifecycle/store/room';

describe('free texts under watch', () => {
  const words = { mean: 3, max: 5, distinct: 40 };
  const column = (name: string, type: 'text' | 'number') => ({
    name,
    type,
    sql: type === 'text' ? 'VARCHAR' : 'DOUBLE',
  });
  const columns = [column('note', 'text'), column('colour', 'text'), column('size', 'number')];
  const reference = {
    columns,
    dataset: {
      inputs: columns.map(({ name }) => name),
      columns: columns.map((one) => ({ ...one, roles: ['feature'], ...(one.name === 'note' && { words }) })),
    },
  } as unknown as ReferenceTable;

  const watched = (asked?: string[]): { names: string[]; codes: (string | undefined)[] } => {
    const codes: (string | undefined)[] = [];
    const stage = { kind: 'monitor', reference: 'd.test', ...(asked && { drift: { columns: asked } }) };
    const context = {
      stage,
      log: (_level: string, _message: string, more?: { code?: string }) => codes.push(more?.code),
    } as unknown as StageContext<MonitorStage>;
    return { names: Object.keys(watchedColumns(context, reference, {} as Watched)), codes };
  };

  it('are left out, which is said, because each value is new', () => {
    assert.deepEqual(watched(), { names: ['colour', 'size'], codes: ['free-text-unwatched'] });
  });

  it('are compared where they are asked for', () => {
    assert.deepEqual(watched(['note']), { names: ['note'], codes: [] });
  });
});
