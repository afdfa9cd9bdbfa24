import assert from 'node:assert/strict';
import { packedRuns, runLines } from './fixtures';
import { Panel, tidyPanels } from './rig';
import { columnsSeen, frozenIn, into, rowHeight, rowsSeen } from '../../webviews/ui-kit/grid-range';
import { Random } from '../../lifecycle/statistics/random';

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

describe('what of a grid is on screen', () => {
  it('is every row and column that shows, and at most two more on a side', () => {
    const source = new Random(11);
    const random = (): number => source.uniform();
    for (let round = 0; round < 500; round++) {
      const widths = Array.from({ length: 1 + Math.floor(random() * 20) }, () => 40 + Math.floor(random() * 200));
      const offsets = [0];
      for (const width of widths) offsets.push((offsets.at(-1) ?? 0) + width);
      const rows = Math.floor(random() * 300);
      const [width, height] = [Math.floor(random() * 900), Math.floor(random() * 500)];
      const top = Math.floor(random() * Math.max(1, (rows + 1) * rowHeight - height));
      const left = Math.floor(random() * Math.max(1, (offsets.at(-1) ?? 0) - width));
      const frozen = frozenIn(width, offsets, Math.floor(random() * 4));
      const held = offsets[frozen] ?? 0;
      const window = { top, left, width, height };
      const [from, to] = rowsSeen(window, rows);
      const shows = (row: number): boolean => (row + 1) * rowHeight > top && row * rowHeight < top + height - rowHeight;
      const seen = Array.from({ length: rows }, (_, row) => row).filter(shows);
      assert.ok(seen.every((row) => row >= from && row < to));
      assert.ok(to - from <= seen.length + 4 || height < rowHeight, `${from} to ${to} of ${seen.length}`);
      const drawn = columnsSeen(window, offsets, frozen);
      widths.forEach((each, column) => {
        const start = (offsets[column] ?? 0) - left;
        const visible = column < frozen || (start + each > held && start < width);
        if (visible) assert.ok(drawn.includes(column), `${column} of ${drawn.join()}`);
      });
      assert.deepEqual(
        drawn,
        [...new Set(drawn)].sort((a, b) => a - b),
      );
    }
  });

  it('leaves a third of the room to the columns that scroll', () => {
    const offsets = [0, 200, 350, 500];
    assert.equal(frozenIn(1_000, offsets, 2), 2);
    assert.equal(frozenIn(400, offsets, 2), 1);
    assert.equal(frozenIn(250, offsets, 2), 0);
    assert.equal(frozenIn(0, offsets, 2), 2, 'a grid without a size is not there yet');
  });

  it('scrolls as little as needed', () => {
    assert.equal(into(100, 24, 200, 50), 50);
    assert.equal(into(20, 24, 200, 50), 20);
    assert.equal(into(300, 24, 200, 50), 124);
  });
});

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

  it('never shows a column that scrolls over or under one that stays', async () => {
    const panel = await Panel.open('runs');
    await panel.send({ type: 'table', table: packedRuns(runLines(100, 30)), layouts: {}, trusted: true });
    await scroll(panel, 1, 0, 330);
    await panel.settle();
    const under = await panel.page.evaluate(() => {
      const box = document.querySelector('.grid')!.getBoundingClientRect();
      return [0, 5, 40, 90, 150, 198].map((x) =>
        [10, 60, 110].map((y) =>
          document
            .elementFromPoint(box.left + 1 + x, box.top + y)
            ?.closest('[aria-colindex]')
            ?.getAttribute('aria-colindex'),
        ),
      );
    });
    assert.deepEqual(new Set(under.flat()), new Set(['1']));
    // Where the column that stays would fill a side bar, it scrolls with the others.
    await panel.page.setViewportSize({ width: 240, height: 500 });
    await panel.settle();
    await scroll(panel, 1, 0, 250);
    await panel.settle();
    const first = await panel.page.evaluate(() => {
      const box = document.querySelector('.grid')!.getBoundingClientRect();
      return document
        .elementFromPoint(box.left + 10, box.top + 60)
        ?.closest('[aria-colindex]')
        ?.getAttribute('aria-colindex');
    });
    assert.ok(Number(first) > 2, `column ${first}`);
    await panel.page.locator('.grid').focus();
    for (const key of ['End', 'Home', 'ArrowDown', 'End']) await panel.page.keyboard.press(key);
    await panel.settle();
    const active = await panel.page.evaluate(() => {
      const grid = document.querySelector('.grid')!;
      const cell = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
      const [box, edge] = [cell?.getBoundingClientRect(), grid.getBoundingClientRect()];
      return box && [box.left >= edge.left, box.right <= edge.right + 1, box.bottom <= edge.bottom + 1];
    });
    assert.deepEqual(active, [true, true, true], 'the place of the keyboard shows');
  });
});
