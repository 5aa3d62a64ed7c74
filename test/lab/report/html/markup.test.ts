/** Whatever a strategy calls itself, the document stays whole. */
import { describe, expect, it } from 'vitest';
import { html, inScript, Markup } from '../../../../lab/report/html/markup.ts';

describe('text put into markup', () => {
  it('cannot open or close anything', () => {
    expect(html`<p title="${'"><script>'}">${"</p>&'"}</p>`.text).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;/p&gt;&amp;&#39;</p>');
  });
  it('is left as it is when it is markup made here; lists follow one another, null is nothing', () => {
    expect(html`${new Markup('<b>x</b>')}${[html`<i>1</i>`, '<2>']}${null}${7}`.text).toBe('<b>x</b><i>1</i>&lt;2&gt;7');
  });
  it('as data cannot end the script element, and reads back the same', () => {
    const data = { name: '</script><script>alert(1)//', lines: 'a\u2028b\u2029c' };
    const text = inScript(data);

    expect(text).not.toContain('<');
    expect(text).not.toMatch(/[\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(data);
  });
});
