/** The script of the page with the chart library in it, as one piece that runs from inside the document. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the sources TypeScript; in the build JavaScript, seen from this module or from a file that it was joined into. */
const places = ['../page/NAME.ts', '../page/NAME.js', '../lab/report/page/NAME.js'];

function entryOf(name: 'report' | 'difference'): string {
  const files = places.map((place) => fileURLToPath(new URL(place.replace('NAME', name), import.meta.url)));
  return files.find((file) => existsSync(file)) ?? files[0]!;
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
