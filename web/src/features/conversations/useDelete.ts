import { useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { t } from '@/lib/i18n/t';
import { leave, stay, undoTime } from './leave';

/** Deletes a conversation, with ten seconds to take it back. */
export function useDelete(): (id: string, title: string) => void {
  const client = useQueryClient();
  return (id, title) => {
    leave(id, (error) => {
      if (error) toast.error(error instanceof Error ? error.message : String(error));
      void client.invalidateQueries({ queryKey: ['conversations'] });
    });
    toast(t('conversation.deleted', { title }), {
      duration: undoTime,
      action: { label: t('action.undo'), onClick: () => stay(id) },
    });
  };
}
