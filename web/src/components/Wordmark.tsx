/** The name with its sprout. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 font-serif text-lg font-semibold tracking-tight">
      <svg viewBox="0 0 24 24" className="size-5 text-moss" fill="none" stroke="currentColor" aria-hidden>
        <path
          d="M12 21V11m0 0c0-4.2 2.2-6.7 6-7.200C18 8.2 15.8 11 12 11Zm0 4.500c0-3.3-1.9-5.3-5.5-5.7.2 3.5 2.2 5.7 5.5 5.700Z"
          strokeWidth="1.8"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      Weald
    </span>
  );
}
