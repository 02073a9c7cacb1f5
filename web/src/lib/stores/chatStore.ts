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

export function chooseModel(conversationId: string, model: string): void {
  useChatStore.setState((state) => ({ models: { ...state.models, [conversationId]: model } }));
}

/** Gives the choices of the first screen to the conversation that its first message made. */
export function adoptNewChat(conversationId: string): void {
  useChatStore.setState((state) => {
    const { [newChat]: model, ...models } = state.models;
    const { [newChat]: _, ...drafts } = state.drafts;
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
