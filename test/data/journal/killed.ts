/** The journal that is killed again and again: what its writer and its judge both go by. */
import type { FilePort } from '../../../data/index.ts';
import type { JournalRequest } from '../../../engine/index.ts';
import { chaoticSetup } from '../../engine/journaled.ts';

export const killedRequest = (port: FilePort): JournalRequest => ({
  setup: chaoticSetup(3, 1), port, bars: 'journaled',
  identity: { run: 'kill', engine: '1', configHash: '', strategyHash: '', dataHash: '' },
});
