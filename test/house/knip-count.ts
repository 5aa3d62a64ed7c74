/** A reporter for knip that says how many files it read: a check that read nothing must not pass. */
interface Report { readonly counters: { readonly processed: number; readonly total: number } }

function count({ counters }: Report): void {
  console.log(`knip read ${counters.total} files`);
}

export { count as default };
