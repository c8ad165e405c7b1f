/** Settings of a step as a dialog asks for them: texts in, metadata out. */

/** One setting of the dialog. */
export interface Setting {
  readonly key: 'cpus' | 'memory' | 'gpus' | 'timeout' | 'retries' | 'network' | 'image';
  readonly kind: 'number' | 'count' | 'text' | 'network';
  readonly example: string;
}

export const SETTINGS: readonly Setting[] = [
  { key: 'cpus', kind: 'number', example: '2' },
  { key: 'memory', kind: 'text', example: '4Gi' },
  { key: 'gpus', kind: 'count', example: '1' },
  { key: 'timeout', kind: 'text', example: '30m' },
  { key: 'retries', kind: 'count', example: '2' },
  { key: 'network', kind: 'network', example: '' },
  { key: 'image', kind: 'text', example: 'registry/image:tag' }
];

/** A setting as text; what the dialog cannot show is left out. */
export function textOf(settings: Record<string, unknown>, { key }: Setting): string {
  const value = settings[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** True if a text fits its setting; the analysis says more once it is set. */
export function fits({ kind }: Setting, text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed || kind === 'text' || kind === 'network') {
    return true;
  }
  return kind === 'count' ? /^\d+$/.test(trimmed) : Number(trimmed) > 0;
}

/** The metadata once the texts are taken over; settings that the dialog does not know stay. */
export function withTexts(
  settings: Record<string, unknown>,
  texts: ReadonlyMap<string, string>
): Record<string, unknown> {
  const result = { ...settings };
  for (const setting of SETTINGS) {
    const text = texts.get(setting.key)?.trim();
    if (text === undefined || text === textOf(settings, setting)) {
      continue;
    }
    if (text === '') {
      delete result[setting.key];
    } else {
      result[setting.key] = setting.kind === 'number' || setting.kind === 'count' ? Number(text) : text;
    }
  }
  return result;
}
