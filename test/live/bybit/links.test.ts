/** Order links and the numbers of orders that are not ours. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Links } from '../../../live/bybit/links.ts';

const run = fc.stringMatching(/^[a-z]{6}$/);
const own = fc.record({ leg: fc.integer({ min: 0, max: 1_295 }), order: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) });

describe('links', () => {
  it('a link has at most 36 characters of the allowed ones and leads back to its leg and order', () => {
    fc.assert(fc.property(run, own, (name, order) => {
      const links = new Links(name);
      const link = links.linkOf(order);

      expect(link).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
      expect(links.ownerOf(link)).toEqual(order);
    }));
  });
  it('two orders never share a link', () => {
    fc.assert(fc.property(own, own, (a, b) => {
      const links = new Links('abcdef');

      expect(links.linkOf(a) === links.linkOf(b)).toBe(a.leg === b.leg && a.order === b.order);
    }));
  });
  it('order 40 of leg 1 of run abcdef is abcdef01-14, in base 36', () => {
    expect(new Links('abcdef').linkOf({ leg: 1, order: 40 })).toBe('abcdef01-14');
  });
  it('links of another run, of nobody and of any other form belong to nobody here', () => {
    const links = new Links('abcdef');

    fc.assert(fc.property(fc.string(), (link) => { if (!link.startsWith('abcdef')) expect(links.ownerOf(link)).toBeNull(); }));
    expect(['', 'abcdeg00-1', 'abcdef00-', 'abcdef00-1-2', 'abcdef00-1 ', 'ABCDEF00-1'].map((link) => links.ownerOf(link))).toEqual([null, null, null, null, null, null]);
  });
  it('orders of others are numbered from -2 down, each always the same, and lead back to their id', () => {
    const links = new Links('abcdef');

    const numbers = ['x', 'y', 'x', 'z'].map((id) => links.foreign(id));

    expect(numbers).toEqual([-2, -3, -2, -4]);
    expect([-2, -3, -4, -5].map((number) => links.idOf(number))).toEqual(['x', 'y', 'z', null]);
  });
  it('a run of other than six letters is refused', () => {
    expect(() => new Links('abc12')).toThrow(RangeError);
  });
});
