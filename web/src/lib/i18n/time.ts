import { currentLocale, t } from './t';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function units(count: number, unit: 'minute' | 'hour'): string {
  return new Intl.NumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'narrow' }).format(count);
}

/** When something happened, as short as it stays clear. */
export function shortWhen(time: string, now: number): string {
  const then = new Date(time);
  const age = now - then.getTime();
  if (age < minute) return t('time.now');
  if (age < hour) return units(Math.floor(age / minute), 'minute');
  if (age < day) return units(Math.floor(age / hour), 'hour');
  if (age < 7 * day) return then.toLocaleDateString(currentLocale(), { weekday: 'short' });
  return then.toLocaleDateString(currentLocale(), { day: 'numeric', month: 'short' });
}

/** Date and time in full. */
export function fullWhen(time: string): string {
  return new Date(time).toLocaleString(currentLocale(), { dateStyle: 'medium', timeStyle: 'short' });
}

/** How long something took. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return t('time.ms', { ms: Math.round(milliseconds) });
  if (milliseconds < 60_000) return t('time.s', { s: (milliseconds / 1000).toFixed(1) });
  return t('time.min', {
    min: Math.floor(milliseconds / 60_000),
    s: Math.round((milliseconds % 60_000) / 1000),
  });
}
