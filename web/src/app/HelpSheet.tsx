import { Modal } from '@/components/Modal';
import type { MessageKey } from '@/lib/i18n/t';
import { t } from '@/lib/i18n/t';
import { closeHelp, useUiSession } from '@/lib/stores/uiSessionStore';

const rows: { keys: string[]; does: MessageKey }[] = [
  { keys: ['Enter'], does: 'help.send' },
  { keys: ['Shift', 'Enter'], does: 'help.newline' },
  { keys: ['Esc'], does: 'help.stop' },
  { keys: ['c'], does: 'help.new' },
  { keys: ['/'], does: 'help.focus' },
  { keys: ['a'], does: 'help.allow' },
  { keys: ['d'], does: 'help.deny' },
  { keys: ['?'], does: 'help.help' },
];

/** All keys on one sheet. */
export function HelpSheet() {
  const isOpen = useUiSession((state) => state.isHelpOpen);
  if (!isOpen) return null;
  return (
    <Modal title={t('help.title')} onClose={closeHelp}>
      <dl className="grid gap-2">
        {rows.map(({ keys, does }) => (
          <div key={does} className="flex items-center gap-3">
            <dt className="flex w-28 shrink-0 gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="rounded border border-line-strong bg-sunken px-1.5 font-mono text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-sm">{t(does)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-xs text-muted">{t('help.note')}</p>
    </Modal>
  );
}
