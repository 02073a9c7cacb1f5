/** The part of a text up to the end of its last finished sentence or line. */
export function finishedSentences(text: string): string {
  const end = /[\s\S]*(?:[.!?…。！？]["'”’)]*(?=\s)|\n)/.exec(text);
  return end?.[0] ?? '';
}
