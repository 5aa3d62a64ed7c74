/**
 * One progress line on stderr with rate and time left, replaced in place. Only on a terminal, and only for work that
 * takes longer than a second.
 */
import type { SingleBar } from 'cli-progress';

export interface Progress {
  readonly seen: (bars: number) => void;
  readonly end: () => void;
}

const showAfterMs = 1_000;

/** `total` in bars. */
export function startProgress(label: string, total: number): Progress {
  if (!process.stderr.isTTY || total <= 0) return { seen: () => {}, end: () => {} };
  const startedAt = performance.now();
  let bar: SingleBar | null = null;
  let loading = false;
  let ended = false;
  const show = async (): Promise<void> => {
    loading = true;
    const { default: library } = await import('cli-progress');
    if (ended) return;
    bar = new library.SingleBar({
      format: `${label} {bar} {percentage} %  {rate} bars/s  {left} left`, stream: process.stderr, hideCursor: false,
      clearOnComplete: true, barCompleteChar: '━', barIncompleteChar: '─', barsize: 24, linewrap: null,
    });
    bar.start(total, 0, { rate: '', left: '' });
  };
  return {
    seen: (bars) => {
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs < showAfterMs || bars === 0) return;
      if (!loading) void show();
      const perSecond = (bars / elapsedMs) * 1_000;
      const left = Math.max(0, total - bars) / perSecond;
      bar?.update(Math.min(bars, total), { rate: compact(perSecond), left: left < 90 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min` });
    },
    end: () => {
      ended = true;
      bar?.stop();
    },
  };
}

function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(0)} k` : value.toFixed(0);
}
