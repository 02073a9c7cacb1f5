import { expect, it } from 'vitest';
import type { Me } from '@/lib/api/types';
import { feedTopics } from './feedTopics';

const me = { user_id: 'u', default_workspace_id: 'w' } as Me;

it('a tab hears of the deployment, of our settings, of our workspace and of what is open', () => {
  expect(feedTopics(me, undefined)).toEqual(['system', 'user.u', 'workspace.w']);
  expect(feedTopics(me, 'c')).toEqual(['system', 'user.u', 'workspace.w', 'conversation.c']);
});

it('nothing is followed before we know who we are', () => {
  expect(feedTopics(undefined, 'c')).toEqual([]);
});
