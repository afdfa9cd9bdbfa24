import assert from 'node:assert/strict';
import { packedRuns, runLines } from './fixtures';
import { Panel, tidyPanels } from './rig';

/** Every cell of the body as `row column text`, by what the grid tells a screen reader. */
const told = (panel: Panel): Promise<{ row: number; column: number; text: string; left: number; top: number }[]> =>
  panel.page.evaluate(() =>
    Array.from(document.querySelectorAll('.grid .line:not(.head)')).flatMap((line) =>
      Array.from(line.querySelectorAll('[role=gridcell]')).map((cell) => {
        const [box, grid] = [cell.getBoundingClientRect(), document.querySelector('.grid')!.getBoundingClientRect()];
        return {
          row: Number(line.getAttribute('aria-rowindex')),
          column: Number(cell.getAttribute('aria-colindex')),
          text: cell.textContent ?? '',
          left: Math.round(box.left - grid.left),
          top: Math.round(box.top - grid.top),
        };
      }),
    ),
  );

/** Scrolls in one frame after the other as the wheel does. */
const scroll = (panel: Panel, frames: number, down: number, right: number): Promise<void> =>
  panel.page.evaluate(
    async ([count, y, x]) => {
      const grid = document.querySelector('.grid')!;
      for (let index = 0; index < count; index++) {
        grid.scrollTop += y;
        grid.scrollLeft += x;
        await new Promise(requestAnimationFrame);
      }
    },
    [frames, down, right] as const,
  );

describe('the grid of the ui-kit', () => {
  tidyPanels();

  it('shows the same after scrolling there in steps, in a flight and sideways as after one jump', async () => {
    const panel = await Panel.open('runs');
    await panel.send({ type: 'table', table: packedRuns(runLines(3_000, 30)), layouts: {}, trusted: true });
    const settle = async (): Promise<void> => {
      await panel.page.waitForFunction(() => {
        const grid = document.querySelector('.grid')!;
        const box = grid.getBoundingClientRect();
        const [first, last] = [30, box.height - 30].map((y) =>
          document
            .elementFromPoint(box.left + 40, box.top + y)
            ?.closest('[role=row]')
            ?.getAttribute('aria-rowindex'),
        );
        return Boolean(first && last);
      });
      await panel.settle();
    };
    await scroll(panel, 12, 40, 0);
    await scroll(panel, 12, 0, 60);
    await scroll(panel, 20, 1_900, 0);
    await scroll(panel, 8, -700, 45);
    await scroll(panel, 6, 0, -70);
    await settle();
    const [top, left] = await panel.page.evaluate(() => {
      const { scrollTop, scrollLeft } = document.querySelector('.grid')!;
      return [scrollTop, scrollLeft];
    });
    assert.ok(top > 20_000 && left > 400, `${top}, ${left}`);
    const wandered = await told(panel);

    const fresh = await Panel.open('runs');
    await fresh.send({ type: 'table', table: packedRuns(runLines(3_000, 30)), layouts: {}, trusted: true });
    await scroll(fresh, 1, top, left);
    await fresh.settle();
    const jumped = await told(fresh);
    const seen = jumped.filter((cell) => cell.top >= 0 && cell.top < 500);
    assert.ok(seen.length > 60);
    const key = ({ row, column }: { row: number; column: number }): string => `${row} ${column}`;
    const found = new Map(wandered.map((cell) => [key(cell), cell]));
    assert.equal(found.size, wandered.length, 'no place is told twice');
    for (const cell of seen) assert.deepEqual(found.get(key(cell)), cell);
  });
});
