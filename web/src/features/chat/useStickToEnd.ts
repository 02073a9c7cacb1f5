import { useCallback, useEffect, useRef, useState } from 'react';

/** How near the end counts as at the end, in pixels. */
const slack = 60;

/**
 * Keeps a scrolled area at its end while it grows, unless the reader has scrolled up. `isAway` says
 * that there is something below.
 */
export function useStickToEnd() {
  const area = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isStuck = useRef(true);
  const [isAway, setAway] = useState(false);

  const toEnd = useCallback((behavior: ScrollBehavior = 'auto') => {
    isStuck.current = true;
    setAway(false);
    area.current?.scrollTo({ top: area.current.scrollHeight, behavior });
  }, []);

  const onScroll = useCallback(() => {
    const element = area.current;
    if (!element) return;
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
    isStuck.current = rest < slack;
    setAway(rest >= slack);
  }, []);

  useEffect(() => {
    isStuck.current = true;
    const observer = new ResizeObserver(() => {
      if (isStuck.current) toEnd();
      else onScroll();
    });
    if (content.current) observer.observe(content.current);
    if (area.current) observer.observe(area.current);
    return () => observer.disconnect();
  }, [toEnd, onScroll]);

  return { area, content, isAway, toEnd, onScroll };
}
