/** The colours of the document's tokens, as the canvas wants them. */
export interface Colours {
  readonly ground: string; readonly ink: string; readonly quiet: string; readonly line: string;
  readonly long: string; readonly short: string; readonly safe: string; readonly bare: string; readonly candle: string;
}

export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: of('ground'), ink: of('ink'), quiet: of('quiet'), line: of('line'), long: of('long'), short: of('short'), safe: of('safe'),
    bare: of('bare'), candle: of('candle'),
  };
}

/** Calls back whenever light turns to dark or back, by the button, the system or the printer. */
export function onTheme(change: () => void): void {
  const root = document.documentElement;
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  isDark.addEventListener('change', change);
  matchMedia('print').addEventListener('change', change);
  document.getElementById('theme')?.addEventListener('click', () => {
    const now = root.dataset['theme'] ?? (isDark.matches ? 'dark' : 'light');
    root.dataset['theme'] = now === 'dark' ? 'light' : 'dark';
    change();
  });
}
