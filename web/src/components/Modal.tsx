import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '@/lib/i18n/t';
import { IconButton } from './IconButton';

type Props = { title: string; onClose: () => void; children: ReactNode };

/** A dialog of the browser's own kind: it keeps the focus inside and closes with Escape. */
export function Modal({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      className="w-[min(32rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-0 shadow-float"
    >
      <header className="flex items-center justify-between border-b border-line py-2 ps-4 pe-2">
        <h2 id={heading} className="font-serif text-base font-semibold">
          {title}
        </h2>
        <IconButton label={t('action.close')} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="max-h-[70vh] overflow-y-auto p-4">{children}</div>
    </dialog>
  );
}
