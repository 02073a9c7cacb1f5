/**
 * A text in which nothing is hidden: control, bidirectional and other invisible characters are shown
 * by their numbers, so that a path reads as what it is.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const number = character.codePointAt(0) ?? 0;
    return `\\u{${number.toString(16).padStart(4, '0')}}`;
  });
}
