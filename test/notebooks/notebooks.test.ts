/**
 * The notebooks, each executed without a screen by Jupyter with the TypeScript kernel, in a copy of their folder beside the built
 * package. A cell that throws, and one whose types are wrong, ends with 1. Left out where Jupyter or the packages of `notebooks/`
 * are not installed; `.ci/run` installs both.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const home = join(root, 'notebooks');
const names = readdirSync(home).filter((name) => name.endsWith('.ipynb')).sort();

interface Cell { readonly cell_type: string; readonly source: readonly string[]; readonly outputs?: readonly Output[]; readonly execution_count?: number | null }
interface Output { readonly output_type: string; readonly name?: string; readonly text?: readonly string[]; readonly data?: Readonly<Record<string, readonly string[]>> }
interface Notebook { readonly cells: readonly Cell[]; readonly metadata: { readonly kernelspec: { readonly name: string } } }
interface Ended { readonly code: number | null; readonly told: string; readonly cells: readonly Cell[] }

const missing = whyNot();
if (missing !== null) console.log(`notebooks: left out, ${missing}`);

/** What is not installed; null = everything is there. */
function whyNot(): string | null {
  if (!existsSync(join(home, 'node_modules/tslab'))) return 'notebooks/node_modules is not there (npm --prefix notebooks ci)';
  const jupyter = spawnSync('jupyter', ['nbconvert', '--version'], { encoding: 'utf8' });
  return jupyter.status === 0 ? null : 'jupyter nbconvert is not there (apt-get install jupyter-notebook jupyter-nbconvert python3-nbclient)';
}

const readNotebook = (file: string): Notebook => JSON.parse(readFileSync(file, 'utf8')) as Notebook;

/** A notebook of these cells and nothing else. */
const notebookOf = (...cells: readonly string[]): string => JSON.stringify({
  cells: cells.map((source, place) => ({ cell_type: 'code', execution_count: null, id: `cell-${place}`, metadata: {}, outputs: [], source: [source] })),
  metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } }, nbformat: 4, nbformat_minor: 5,
});

describe(`the notebooks, ${names.length} read`, () => {
  it('are five, numbered, with prose before the first code and more of it between, and no stored output or count', () => {
    expect(names.map((name) => name[0])).toEqual(['1', '2', '3', '4', '5']);
    for (const name of names) {
      const { cells, metadata } = readNotebook(join(home, name));
      const code = cells.filter((cell) => cell.cell_type === 'code');
      expect([name, metadata.kernelspec.name, cells[0]?.cell_type]).toEqual([name, 'tslab', 'markdown']);
      expect([name, code.filter((cell) => cell.outputs?.length !== 0 || cell.execution_count !== null)]).toEqual([name, []]);
      expect(cells.length - code.length).toBeGreaterThanOrEqual(5);
    }
  });
  it('are a package of their own: no workspace of ours, and nothing that users install', () => {
    const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly workspaces?: unknown; readonly files: readonly string[] };

    expect([ours.workspaces, ours.files.filter((file) => file.includes('notebook'))]).toEqual([undefined, []]);
  });
});

describe.skipIf(missing !== null)('a notebook without a screen', () => {
  let folder = '';
  let place = '';

  /** The repository as the notebooks see it: `../dist`, `../strategies`, `../../shared`; and a Jupyter that knows nothing else. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-notebooks-'));
    const copy = join(folder, 'holdfast');
    place = join(copy, 'notebooks');
    mkdirSync(place, { recursive: true });
    for (const name of readdirSync(home)) if (/\.(ts|ipynb)$/.test(name)) cpSync(join(home, name), join(place, name));
    symlinkSync(join(home, 'node_modules'), join(place, 'node_modules'));
    for (const name of ['dist', 'strategies']) symlinkSync(join(root, name), join(copy, name));
    if (existsSync(resolve(root, '../shared'))) symlinkSync(resolve(root, '../shared'), join(folder, 'shared'));
    const kernel = join(folder, 'jupyter/kernels/tslab');
    for (const made of [kernel, join(folder, 'tmp')]) mkdirSync(made, { recursive: true });
    writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({
      argv: [process.execPath, join(home, 'node_modules/tslab/bin/tslab'), 'kernel', '--config-path', '{connection_file}'],
      display_name: 'TypeScript', language: 'typescript',
    }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Two at a time: each is a kernel with a compiler, and the commands it starts. */
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  let turn = 0;
  function execute(name: string): Promise<Ended> {
    const lane = turn++ % lanes.length;
    const ended = lanes[lane]!.then(() => executeNow(name));
    lanes[lane] = ended.catch(() => null);
    return ended;
  }

  /** Executes a notebook of the copy; without an error, what its cells gave is in `cells`. */
  async function executeNow(name: string): Promise<Ended> {
    const out = `out-${name}`;
    const child = spawn('jupyter', [
      'nbconvert', '--to', 'notebook', '--execute', name, '--output', out, '--ExecutePreprocessor.timeout=300',
    ], {
      cwd: place, stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env, TMPDIR: join(folder, 'tmp'), JUPYTER_PATH: join(folder, 'jupyter'), JUPYTER_DATA_DIR: join(folder, 'jupyter-data'),
        JUPYTER_RUNTIME_DIR: join(folder, 'jupyter-run'), JUPYTER_CONFIG_DIR: join(folder, 'jupyter-config'), IPYTHONDIR: join(folder, 'ipython'),
      },
    });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => { told += text.toString(); });
    const code = await new Promise<number | null>((done, failed) => {
      child.on('error', failed);
      child.on('close', done);
    });
    const file = join(place, out);
    return { code, told: told.slice(-3_000), cells: existsSync(file) ? readNotebook(file).cells : [] };
  }

  const outputs = (cells: readonly Cell[]): readonly Output[] => cells.flatMap((cell) => cell.outputs ?? []);
  const chartsIn = (cells: readonly Cell[]): readonly string[] =>
    outputs(cells).flatMap(({ data }) => [data?.['image/svg+xml'], data?.['text/html']]).map((lines) => (lines === undefined ? '' : [lines].flat().join('')))
      .filter((text) => text.includes('<svg'));
  const printed = (cells: readonly Cell[]): string => outputs(cells).flatMap(({ text }) => text ?? []).join('');

  it.concurrent.each(names)('%s runs through and draws its charts', async (name) => {
    const { code, told, cells } = await execute(name);

    expect(code, told).toBe(0);
    const charts = chartsIn(cells);
    expect(charts.length).toBeGreaterThanOrEqual(2);
    expect(charts.filter((svg) => /NaN|Infinity|undefined/.test(svg))).toEqual([]);
    expect(outputs(cells).filter((output) => output.name === 'stderr')).toEqual([]);
  }, 900_000);
  it.concurrent('a type error in a cell ends with 1', async () => {
    writeFileSync(join(place, 'wrong.ipynb'), notebookOf("import { numbersIn } from './frames';", "const bars: number = 'twelve';"));

    expect((await execute('wrong.ipynb')).code).toBe(1);
  }, 900_000);
  it.concurrent('a frame has numbers, NaN for a number that is NULL, null for text and flags, times as ISO text, and keeps its columns without rows', async () => {
    const probe = `
      const frame = await frameOfFiles(\`SELECT 1 AS small, 5000000000 AS large, 9007199254740993 AS vast, 0.1::DOUBLE AS real, 12.34::DECIMAL(6,2) AS exact, true AS flag,
        NULL::BOOLEAN AS no_flag, 'x' AS word, NULL::VARCHAR AS no_word, NULL::DOUBLE AS no_real, NULL::INTEGER AS no_whole, TIMESTAMP '2025-10-10 12:00:00.5' AS at, DATE '2025-10-10' AS day, [1, 2] AS list\`);
      const empty = await frameOf('/nowhere', 'SELECT trade, net FROM trades');
      console.log(JSON.stringify([frame.dtypes, frame.values, empty.shape, empty.columns], (_, value) => (Number.isNaN(value) ? 'not a number' : value)));`;
    writeFileSync(join(place, 'types.ipynb'), notebookOf("import { frameOf, frameOfFiles } from './frames';", probe));

    const { code, told, cells } = await execute('types.ipynb');

    expect(code, told).toBe(0);
    expect(JSON.parse(printed(cells))).toEqual([
      ['int32', 'float32', 'string', 'float32', 'float32', 'boolean', 'boolean', 'string', 'string', 'float32', 'float32', 'string', 'string', 'string'],
      [[1, 5_000_000_000, '9007199254740993', 0.1, 12.34, true, null, 'x', null, 'not a number', 'not a number', '2025-10-10T12:00:00.500Z', '2025-10-10', '[1,2]']],
      [0, 2], ['trade', 'net'],
    ]);
  }, 900_000);
  it('leaves no folder of a workbench behind once all have ended', () => {
    expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('holdfast-notebook-'))).toEqual([]);
  });
});
