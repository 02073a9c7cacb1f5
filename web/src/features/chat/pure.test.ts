import { describe, expect, it } from 'vitest';
import type { ToolPart } from '@/lib/api/types';
import { finishedSentences } from './sentences';
import { argumentLine, callState, outputText } from './toolState';

describe('what a screen reader is told', () => {
  it('ends with a finished sentence or line', () => {
    expect(finishedSentences('One. Two is on its w')).toBe('One.');
    expect(finishedSentences('- a\n- b')).toBe('- a\n');
    expect(finishedSentences('3.5 is not')).toBe('');
  });
});

describe('a call in one line', () => {
  const call = (more: Partial<ToolPart>): ToolPart => ({
    type: 'dynamic-tool',
    toolName: 'fs_list',
    toolCallId: 't',
    state: 'input-available',
    ...more,
  });

  it('has its outcome, when it has one', () => {
    expect(callState(call({}))).toBe('running');
    expect(callState(call({ state: 'approval-requested' }))).toBe('asking');
    expect(callState(call({ state: 'output-error' }))).toBe('error');
    const denied = { weald: { outcome: 'denied' as const } };
    expect(callState(call({ state: 'output-error', callProviderMetadata: denied }))).toBe('denied');
  });

  it('names its arguments, also while they are written', () => {
    expect(argumentLine(call({ input: { path: '.', depth: 2 } }))).toBe('path: . · depth: 2');
    const raw = { weald: { raw: '{"path":' } };
    expect(argumentLine(call({ state: 'input-streaming', callProviderMetadata: raw }))).toBe('{"path":');
  });

  it('shows the texts of its result, or its JSON', () => {
    expect(
      outputText([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]),
    ).toBe('a\nb');
    expect(outputText({ content: [{ type: 'text', text: 'x' }] })).toBe('x');
    expect(outputText({ count: 1 })).toBe('{\n  "count": 1\n}');
    expect(outputText(undefined)).toBe('');
  });
});
