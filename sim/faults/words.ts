/** A name as a word of the chance: its place in a list would move when the list grows. */
export function wordOf(name: string): number {
  let word = 7;
  for (let i = 0; i < name.length; i++) word = (Math.imul(word, 31) + name.charCodeAt(i)) | 0;
  return word;
}
