// Offsets on the wire count Unicode scalar values; JavaScript strings count UTF-16 units.

const highSurrogates = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** How many Unicode scalar values a text has. */
export function codePointLength(text: string): number {
  return text.length - (text.match(highSurrogates)?.length ?? 0);
}

/** The text without its first `count` scalar values. */
export function dropCodePoints(text: string, count: number): string {
  let unit = 0;
  for (let point = 0; point < count && unit < text.length; point += 1) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(unit);
}

/** What a delta does to a text of `length` scalar values. */
export type Splice = { append: string } | 'known' | 'gap';

/** Cuts what is known already; a delta that starts beyond the end is a gap. */
export function splice(length: number, offset: number, delta: string): Splice {
  if (offset > length) return 'gap';
  const fresh = offset === length ? delta : dropCodePoints(delta, length - offset);
  return fresh === '' ? 'known' : { append: fresh };
}
