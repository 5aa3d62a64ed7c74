/** The script of a report: draws the story that stands in the document. */
import type { Story } from '../story.ts';
import { equityPane } from './equity.ts';
import { pricePane } from './price.ts';
import { listTrades } from './trades.ts';

const story = JSON.parse(document.getElementById('story')?.textContent ?? '{}') as Story;
const element = (id: string): HTMLElement | null => document.getElementById(id);

const price = element('price');
const priceFacts = element('price-facts');
const pane = price === null || priceFacts === null ? null : pricePane(story, price, priceFacts);
element('whole')?.addEventListener('click', () => pane?.showAll());

const equity = element('equity');
const equityFacts = element('equity-facts');
if (equity !== null && equityFacts !== null) equityPane(story, equity, equityFacts);

listTrades(story, (index) => {
  if (pane === null || price === null) return;
  pane.showTrade(index);
  price.scrollIntoView({ block: 'center' });
});
document.documentElement.dataset['drawn'] = 'yes';
