import type { Provider } from '@/lib/api/types';

/** A known place of models, so that only a key or nothing must be typed. */
export type Place = {
  id: string;
  kind: Provider['kind'];
  name: string;
  baseUrl: string;
  needsKey: boolean;
};

export const places: Place[] = [
  { id: 'openai', kind: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', needsKey: true },
  {
    id: 'openrouter',
    kind: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    needsKey: true,
  },
  {
    id: 'anthropic',
    kind: 'anthropic',
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com',
    needsKey: true,
  },
  {
    id: 'gemini',
    kind: 'gemini',
    name: 'Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    needsKey: true,
  },
  {
    id: 'ollama',
    kind: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434',
    needsKey: false,
  },
  {
    id: 'lmstudio',
    kind: 'openai_compatible',
    name: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    needsKey: false,
  },
  {
    id: 'llamacpp',
    kind: 'openai_compatible',
    name: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    needsKey: false,
  },
  {
    id: 'vllm',
    kind: 'openai_compatible',
    name: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    needsKey: false,
  },
];
