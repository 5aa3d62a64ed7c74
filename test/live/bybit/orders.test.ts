/** Commands to the exchange and what comes back of them, over the wire. */
import { afterEach, describe, expect, it } from 'vitest';
import { enter, openStage, reduce } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

describe('commands on the wire', () => {
  it('an entry of 4 lots with a stop at 90 is accepted, filled once and protected', async () => {
    stage = await openStage();

    stage.send(enter(7));
    await stage.quiet();
    await stage.play(1);

    expect(stage.events.map(({ tag }) => tag)).toEqual(['connected']);
  });
});
