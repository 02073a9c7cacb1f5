import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { toast } from 'sonner';
import { inputClasses } from '@/components/Field';
import { t } from '@/lib/i18n/t';
import { useRenameConversation } from '../api/updateConversation';

type Props = { id: string; title: string; onDone: () => void };

/** The title as an input: Enter or leaving it saves, Escape does not. */
export function RenameField({ id, title, onDone }: Props) {
  const [text, setText] = useState(title);
  const isDone = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const rename = useRenameConversation();
  useEffect(() => {
    // The menu that opened this gives the focus back to its button first.
    const frame = requestAnimationFrame(() => input.current?.select());
    return () => cancelAnimationFrame(frame);
  }, []);
  const save = () => {
    if (isDone.current) return;
    isDone.current = true;
    const next = text.trim();
    if (next === title || next === '') return onDone();
    rename.mutate(
      { id, title: next },
      { onSettled: onDone, onError: (error) => void toast.error(error.message) },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') save();
    if (event.key !== 'Escape') return;
    isDone.current = true;
    onDone();
  };
  return (
    <input
      ref={input}
      className={inputClasses}
      aria-label={t('conversation.title')}
      maxLength={256}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={save}
    />
  );
}
