/** Values of parameters that are to be swept, as a person types them. */

/** How many values a text has, such as `0.1, 0.01`, `"a,b", c` or `[1, 2]`; 0 if none can be read. */
export function valueCount(text: string): number {
  const trimmed = text.trim();
  if (!trimmed) {
    return 0;
  }
  if (trimmed.startsWith('[')) {
    try {
      return (JSON.parse(trimmed) as unknown[]).length;
    } catch {
      return 0;
    }
  }
  return trimmed.replace(/"[^"]*"/g, '').split(',').length;
}

/** What is sent: the parameters that have values. */
export function sweptOf(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...texts].filter(([, text]) => text.trim() !== ''));
}

/** How many combinations there are: each value with each; 0 if a text cannot be read, or none is given. */
export function combinationCount(swept: Readonly<Record<string, string>>): number {
  const counts = Object.values(swept).map(valueCount);
  return counts.length ? counts.reduce((product, count) => product * count, 1) : 0;
}
