/** `holdfast data check [FILES...]`: what is wrong, odd or missing in files or in the lake. Exit 1 when something is wrong. */
import { checkFiles, checkLake, candlesFolder } from '../data/index.ts';
import type { CheckReport, SeriesKind } from '../data/index.ts';
import { kindsOfFiles, sourceOptions } from './data-import.ts';
import type { SourceWords } from './data-import.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

/** The lake holds downloaded kinds too of which no file is read. */
const kindsOfLake: readonly SeriesKind[] = ['last', 'mark', 'index', 'funding', 'open-interest', 'trades'];

export async function dataCheck(files: readonly string[], words: CommonOptions & SourceWords): Promise<number> {
  const folder = candlesFolder(words.dataDir);
  const named = files.filter((file) => file !== 'lake');
  const options = sourceOptions(words, named.length === 0 ? kindsOfLake : kindsOfFiles);
  const reports = named.length === 0 ? await checkLake(folder, options) : await checkFiles(named, { ...options, folder });
  const wrong = reports.filter((report) => report.findings.some((finding) => finding.severity === 'error'));
  if (words.json === true) printJson({ folder, passed: wrong.length === 0, reports });
  else for (const report of reports) printReport(report);
  return wrong.length === 0 ? 0 : 1;
}

function printReport({ subject, rows, first, last, findings, kind, timeframe, symbol }: CheckReport): void {
  const span = first === null || last === null ? '' : `, ${new Date(first).toISOString().slice(0, 16)} to ${new Date(last).toISOString().slice(0, 16)}`;
  const what = [symbol, kind, timeframe].filter((part) => part !== null && !subject.includes(part)).join(' ');
  printLine(`${subject}: ${what === '' ? '' : `${what}, `}${rows} rows${span}: ${verdict(findings)}`);
  for (const finding of findings) printLine(`  ${finding.severity} ${finding.code}: ${finding.text}`);
}

function verdict(findings: CheckReport['findings']): string {
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  const parts = [['error', count('error')], ['warning', count('warning')], ['note', count('note')]] as const;
  const said = parts.filter(([, n]) => n > 0).map(([word, n]) => `${n} ${word}${n === 1 ? '' : 's'}`);
  return said.length === 0 ? 'nothing to report' : said.join(', ');
}
