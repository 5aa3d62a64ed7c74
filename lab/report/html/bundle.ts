/** The script of the page with the chart library in it, as one piece that runs from inside the document. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside this file in the sources as TypeScript, in the built package as JavaScript. */
function entryOf(name: 'report' | 'difference'): string {
  const own = (ending: string): string => fileURLToPath(new URL(`../page/${name}.${ending}`, import.meta.url));
  return existsSync(own('ts')) ? own('ts') : own('js');
}

export async function pageScript(name: 'report' | 'difference'): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [entryOf(name)], bundle: true, minify: true, write: false, format: 'iife', platform: 'browser', target: 'es2020', legalComments: 'none', logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  // The text must not end the script element it stands in.
  return text.replaceAll('</script', '<\\/script');
}
