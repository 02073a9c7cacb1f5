import en from './en.json';
import { format, type Values } from './format';

/** A key of the catalogue. */
export type MessageKey = keyof typeof en;

let locale = navigator.language || 'en';
let decorate = (text: string) => text;

/** The text of a key in the reader's language; English where there is no other yet. */
export function t(key: MessageKey, values: Values = {}): string {
  return decorate(format(en[key], values, locale));
}

/** The language of dates and numbers. */
export function currentLocale(): string {
  return locale;
}

/** Marks every translated text, so that a test finds those that are not. */
export function setPseudoLocale(isOn: boolean): void {
  locale = 'en';
  decorate = isOn ? (text) => `⟦${text}⟧` : (text) => text;
}
