import { Link, useNavigate } from '@tanstack/react-router';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { classes } from '@/components/classes';
import { IconButton } from '@/components/IconButton';
import { Menu, MenuItem } from '@/components/Menu';
import type { Conversation } from '@/lib/api/types';
import { shortWhen } from '@/lib/i18n/time';
import { t } from '@/lib/i18n/t';
import { selectStatus, useStreamStore } from '@/lib/stores/streamStore';
import { closeSidebar } from '@/lib/stores/uiSessionStore';
import { useDelete } from '../useDelete';
import { RenameField } from './RenameField';

type Props = { conversation: Conversation; isCurrent: boolean; now: number };

/** What runs in it: the feed knows first, the list says it after a load. */
function useStatus({ id, active }: Conversation) {
  const told = useStreamStore(selectStatus(id));
  const status = told ?? active?.status;
  return status === 'ended' ? undefined : status;
}

export function ConversationRow({ conversation, isCurrent, now }: Props) {
  const [isRenaming, setRenaming] = useState(false);
  const status = useStatus(conversation);
  const remove = useDelete();
  const navigate = useNavigate();
  const title = conversation.title ?? t('conversation.untitled');
  if (isRenaming) {
    return (
      <li>
        <RenameField
          id={conversation.id}
          title={conversation.title ?? ''}
          onDone={() => setRenaming(false)}
        />
      </li>
    );
  }
  const onDelete = () => {
    remove(conversation.id, title);
    if (isCurrent) void navigate({ to: '/' });
  };
  return (
    <li className={classes('group relative rounded-md hover:bg-hover', isCurrent && 'bg-hover')}>
      <Link
        to="/c/$conversationId"
        params={{ conversationId: conversation.id }}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={closeSidebar}
        className="flex min-h-8 items-center gap-2 rounded-md py-1 px-2 text-sm group-focus-within:pe-9 group-hover:pe-9 pointer-coarse:pe-9"
      >
        {status && (
          <span
            className="live-dot shrink-0"
            data-status={status}
            role="img"
            aria-label={t(`status.${status}`)}
          />
        )}
        <span className={classes('truncate', isCurrent && 'font-medium')}>{title}</span>
        <time className="ms-auto shrink-0 text-2xs text-muted group-focus-within:hidden group-hover:hidden">
          {shortWhen(conversation.updated_at, now)}
        </time>
      </Link>
      <div className="absolute inset-y-0 end-0.5 flex items-center">
        <Menu
          align="end"
          trigger={
            <IconButton
              label={t('conversation.menu', { title })}
              isSmall
              className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
            >
              <Ellipsis size={15} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem onSelect={() => setRenaming(true)}>
            <Pencil size={14} aria-hidden /> {t('action.rename')}
          </MenuItem>
          <MenuItem onSelect={onDelete} isDanger>
            <Trash2 size={14} aria-hidden /> {t('action.delete')}
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}
