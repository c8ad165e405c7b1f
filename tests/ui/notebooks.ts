/** Notebooks of the tests. */

import { write } from './server';

/** A cell as a test writes it: tags and source; no tags and `# …` for markdown. */
export interface CellText {
  readonly tags?: readonly string[];
  readonly source: string;
  readonly markdown?: boolean;
}

/** Write a notebook, with all the metadata that JupyterLab would add by itself. */
export function writeNotebook(path: string, cells: readonly CellText[]): string {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' },
      language_info: { name: 'python' }
    },
    cells: cells.map(({ tags, source, markdown }, index) => ({
      id: `cell-id-${index + 1}`,
      cell_type: markdown ? 'markdown' : 'code',
      metadata: tags ? { tags } : {},
      source,
      ...(markdown ? {} : { outputs: [], execution_count: null })
    }))
  };
  write(path, JSON.stringify(notebook));
  return path;
}

/** Without any tag, with headings that name steps. */
export const untagged: readonly CellText[] = [
  { source: '# Report', markdown: true },
  { source: 'import math' },
  { source: '## Load the data', markdown: true },
  { source: 'rows = list(range(3))\nprint(rows)', tags: ['hide-input'] },
  { source: 'len(rows)' },
  { source: '## Sum up', markdown: true },
  { source: 'total = math.fsum(rows)' }
];

/** Two steps that finish soon, two parameters, and a metric; another `n` makes steps that no test ran before. */
export const quick = (n: number): readonly CellText[] => [
  {
    tags: ['parameters'],
    source: `from typing import Literal\n\nn: int = ${n}  # how many\nmode: Literal["up", "down"] = "up"`
  },
  { tags: ['step:load'], source: 'rows = list(range(n))\nprint("rows:", len(rows))' },
  { tags: ['step:score'], source: 'total = float(sum(rows))' },
  { tags: ['metrics'], source: 'score = total / 2' }
];

/** A step that runs until it is cancelled, or for a minute. */
export const slow: readonly CellText[] = [
  { tags: ['step:begin'], source: 'x = 1' },
  { tags: ['step:wait'], source: 'import time\nprint("waiting", flush=True)\ntime.sleep(60)' }
];

/** A step that goes on for a while, in which a server can be started again. */
export const steady: readonly CellText[] = [
  { tags: ['step:begin'], source: 'x = 1' },
  { tags: ['step:wait'], source: 'import time\nfor i in range(24):\n    print("tick", i, flush=True)\n    time.sleep(0.5)' },
  { tags: ['step:end'], source: 'print("done", x)' }
];

/** A step whose second cell fails. */
export const failing: readonly CellText[] = [
  { tags: ['step:load'], source: 'rows = [1, 2, 3]' },
  { tags: ['step:fit'], source: 'print("fitting")' },
  { source: 'if len(rows) < 5:\n    raise ValueError("too few rows")' },
  { tags: ['step:report'], source: 'print(rows)' }
];
