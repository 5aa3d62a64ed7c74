/** Lines of a terminal report: pieces of text, each with a tone. Colour only repeats what the text already says. */

/** How to draw: with or without colour, for a terminal of so many columns. */
export interface CardStyle {
  readonly colour: boolean;
  /** Columns of the terminal; reports are 72 to 100 wide. */
  readonly width: number;
}

const narrowest = 72;
const widest = 100;

/** Columns a report takes of a terminal of this width. */
export const columnsFor = (width: number): number => Math.min(widest, Math.max(narrowest, Math.floor(width)));

export type Tone = 'plain' | 'strong' | 'quiet' | 'gain' | 'loss' | 'danger';
/** Weight, grey, then blue, orange and red of 256 colours that read on light and on dark ground. */
const codes: Readonly<Record<Tone, string>> = {
  plain: '', strong: '1', quiet: '2', gain: '38;5;69', loss: '38;5;166', danger: '1;38;5;160',
};

export interface Line { readonly parts: readonly { readonly text: string; readonly tone: Tone }[] }

export const line = (text: string, tone: Tone = 'plain'): Line => ({ parts: [{ text, tone }] });
export const blank = line('');
export const rule = (columns: number): Line => line('─'.repeat(columns), 'quiet');

/** Tone of an amount whose sign is the news. */
export const toneOf = (value: number): Tone => value > 0 ? 'gain' : value < 0 ? 'loss' : 'plain';

export function paint({ parts }: Line, colour: boolean): string {
  const last = parts.length - 1;
  return parts.map(({ text, tone }, k) => {
    const shown = k === last ? text.trimEnd() : text;
    return colour && codes[tone] !== '' && shown.trim() !== '' ? `\u001b[${codes[tone]}m${shown}\u001b[0m` : shown;
  }).join('').trimEnd();
}

/** A sentence on as many lines as it needs. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let present = '';
  for (const word of text.split(' ')) {
    if (present !== '' && present.length + 1 + word.length > columns) {
      lines.push(present);
      present = word;
    } else present = present === '' ? word : `${present} ${word}`;
  }
  return [...lines, present];
}
