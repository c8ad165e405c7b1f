/** Times and values as a person reads them. */

/** A duration: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) {
    return '';
  }
  if (seconds < 10) {
    return `${(Math.round(seconds * 10) / 10).toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Seconds between two ISO times, or null if one is missing. */
export function between(started: string | null, ended: string | null): number | null {
  return started && ended ? (Date.parse(ended) - Date.parse(started)) / 1000 : null;
}

/** A time as date and time of the reader's place; the year only where it is not this one. */
export function moment(iso: string, now = new Date()): string {
  const then = new Date(iso);
  return then.toLocaleString(undefined, {
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit'
  });
}

/** A JSON value in one line, shortened. */
export function brief(value: unknown, longest = 40): string {
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'number' && !Number.isInteger(value)
        ? String(Number(value.toPrecision(5)))
        : (JSON.stringify(value) ?? '');
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Text without the codes that colour it in a terminal. */
export function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
