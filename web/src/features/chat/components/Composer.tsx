import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type Ref, useCallback } from 'react';
import { t } from '@/lib/i18n/t';
import { selectDraft, setDraft, useChatStore } from '@/lib/stores/chatStore';

type Props = {
  /** Whose draft is edited. */
  draftKey: string;
  isBusy: boolean;
  /** What to say in the empty field, such as that something runs. */
  placeholder: string;
  isSending: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
  /** What stands at the left of the bottom line, such as the choice of a model. */
  tools: ReactNode;
  inputRef?: Ref<HTMLTextAreaElement>;
};

/** Where one writes. Enter sends, Shift+Enter makes a line, Escape stops what runs. */
export function Composer({
  draftKey,
  isBusy,
  placeholder,
  isSending,
  onSend,
  onStop,
  tools,
  inputRef,
}: Props) {
  const text = useChatStore(selectDraft(draftKey));
  const canSend = !isBusy && !isSending && text.trim() !== '';
  const send = () => canSend && onSend(text.trim());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  const focus = useCallback((element: HTMLTextAreaElement | null) => {
    // A touch screen would open its keyboard over the page.
    if (element && !window.matchMedia('(pointer: coarse)').matches) element.focus();
    if (typeof inputRef === 'function') inputRef(element);
    else if (inputRef) inputRef.current = element;
    // oxlint-disable-next-line react/exhaustive-deps -- the ref is stable
  }, []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-xl border border-line-strong bg-surface shadow-float focus-within:border-moss"
    >
      <textarea
        ref={focus}
        rows={1}
        value={text}
        aria-label={t('composer.label')}
        placeholder={placeholder}
        onChange={(event) => setDraft(draftKey, event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-[40vh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-3 pb-1 text-base outline-none"
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        {tools}
        <span className="ms-auto text-2xs text-muted max-sm:hidden">
          {isBusy ? t('composer.hintStop') : t('composer.hint')}
        </span>
        {isBusy ? <StopButton onStop={onStop} /> : <SendButton isEnabled={canSend} />}
      </div>
    </form>
  );
}

function SendButton({ isEnabled }: { isEnabled: boolean }) {
  return (
    <button
      type="submit"
      disabled={!isEnabled}
      aria-label={t('composer.send')}
      title={t('composer.send')}
      className="inline-flex size-8 items-center justify-center rounded-lg bg-moss text-on-moss hover:bg-moss-strong disabled:bg-hover disabled:text-muted max-sm:ms-auto"
    >
      <ArrowUp size={17} aria-hidden />
    </button>
  );
}

function StopButton({ onStop }: { onStop: () => void }) {
  return (
    <button
      type="button"
      onClick={onStop}
      className="inline-flex h-8 items-center gap-1.5 rounded-lg border border-line-strong bg-surface px-2.5 text-sm font-medium hover:bg-hover max-sm:ms-auto"
    >
      <Square size={12} className="fill-current text-rust" aria-hidden />
      {t('composer.stop')}
    </button>
  );
}
