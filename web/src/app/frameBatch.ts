/**
 * Collects items and hands them over once per drawn frame. A page in the background draws none, so
 * a timer stands in.
 */
export function frameBatch<T>(flush: (items: T[]) => void): (items: T[]) => void {
  let waiting: T[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    const items = waiting;
    waiting = [];
    flush(items);
  };
  return (items) => {
    const isFirst = waiting.length === 0;
    waiting.push(...items);
    if (!isFirst || waiting.length === 0) return;
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, 120);
  };
}
