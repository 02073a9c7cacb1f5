import { create } from 'zustand';

/** The key of what is written before a conversation exists. */
export const newChat = 'new';

type ChatState = {
  /** Unsent text by conversation. */
  drafts: Record<string, string>;
  /** The model a person chose for a conversation's next runs. */
  models: Record<string, string>;
};

export const useChatStore = create<ChatState>()(() => ({ drafts: {}, models: {} }));

export function setDraft(conversationId: string, text: string): void {
  useChatStore.setState((state) => ({ drafts: { ...state.drafts, [conversationId]: text } }));
}

/** Empties a draft that is being sent; whether it was that text. Another text stays. */
export function takeDraft(conversationId: string, text: string): boolean {
  const isIt = selectDraft(conversationId)(useChatStore.getState()).trim() === text.trim();
  if (isIt) setDraft(conversationId, '');
  return isIt;
}

/** Gives a text back that was not sent, unless another was begun meanwhile. */
export function giveBackDraft(conversationId: string, text: string): void {
  if (selectDraft(conversationId)(useChatStore.getState()) === '') setDraft(conversationId, text);
}

export function chooseModel(conversationId: string, model: string): void {
  useChatStore.setState((state) => ({ models: { ...state.models, [conversationId]: model } }));
}

/** Gives what was chosen and begun on the first screen to the conversation that its message made. */
export function adoptNewChat(conversationId: string): void {
  useChatStore.setState((state) => {
    const { [newChat]: model, ...models } = state.models;
    const { [newChat]: begun, ...others } = state.drafts;
    const drafts = begun ? { ...others, [conversationId]: begun } : others;
    return { drafts, models: model === undefined ? models : { ...models, [conversationId]: model } };
  });
}

export const selectDraft =
  (conversationId: string) =>
  (state: ChatState): string =>
    state.drafts[conversationId] ?? '';

export const selectModel =
  (conversationId: string) =>
  (state: ChatState): string | undefined =>
    state.models[conversationId];
