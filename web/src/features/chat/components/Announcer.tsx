import { useEffect, useRef, useState } from 'react';
import { useStreamStore } from '@/lib/stores/streamStore';
import { finishedSentences } from '../sentences';

/** The growing text of the newest answer, polled so that tokens draw nothing here. */
function textNow(conversationId: string): { id: string; text: string } | undefined {
  const live = useStreamStore.getState().live[conversationId];
  const id = live?.order.at(-1);
  const message = id === undefined ? undefined : live?.messages[id];
  if (id === undefined || !message) return undefined;
  return { id, text: message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') };
}

/** Tells a screen reader what is said, sentence by sentence and never token by token. */
export function Announcer({ conversationId }: { conversationId: string }) {
  const [sentences, setSentences] = useState('');
  const told = useRef({ id: '', length: 0 });
  useEffect(() => {
    const timer = setInterval(() => {
      const now = textNow(conversationId);
      if (!now) return;
      // What was there when the page opened is read in the page itself.
      if (told.current.id !== now.id) told.current = { id: now.id, length: 0 };
      const finished = finishedSentences(now.text.slice(told.current.length));
      if (finished === '') return;
      told.current.length += finished.length;
      setSentences(finished);
    }, 1000);
    return () => clearInterval(timer);
  }, [conversationId]);
  return (
    <div role="log" aria-live="polite" className="sr-only">
      {sentences}
    </div>
  );
}
