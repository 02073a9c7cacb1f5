import type { QueryKey } from '@tanstack/react-query';
import type { EventEnvelope } from '@/lib/api/types';

/** What must be read again because of an event. */
export function staleAfter(event: EventEnvelope): QueryKey[] {
  const { event_type: type, conversation_id: id } = event;
  if (type === 'run_started' || type === 'run_completed' || type === 'run_failed') {
    return [['conversations'], ['conversation', id], ['messages', id], ['approvals']];
  }
  if (type === 'approval.requested' || type === 'approval.answered') {
    return [['approvals'], ['conversations'], ['conversation', id]];
  }
  const thing = type.split('.')[0];
  switch (thing) {
    case 'conversation':
      return [['conversations'], ['conversation']];
    case 'provider':
    case 'model':
      return [['providers'], ['models']];
    case 'preset':
      return [['presets']];
    case 'project':
      return [['projects']];
    case 'setting':
      return [['config']];
    default:
      return [];
  }
}
