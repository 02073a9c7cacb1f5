/** A sentence whose `quoted` words are code. */
export function WithCode({ text }: { text: string }) {
  return text.split('`').map((piece, at) =>
    at % 2 === 0 ? (
      piece
    ) : (
      <code key={at} className="rounded bg-sunken px-1 font-mono text-[0.92em]">
        {piece}
      </code>
    ),
  );
}
