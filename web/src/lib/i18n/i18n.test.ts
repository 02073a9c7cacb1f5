import { describe, expect, it } from 'vitest';
import en from './en.json';
import { format } from './format';

describe('a pattern', () => {
  it('takes values, plurals and choices', () => {
    expect(format('Hello {name}!', { name: 'Ada' }, 'en')).toBe('Hello Ada!');
    const models = 'It offers {count, plural, =0 {nothing} one {# model} other {# models}}.';
    expect([0, 1, 1234].map((count) => format(models, { count }, 'en'))).toEqual([
      'It offers nothing.',
      'It offers 1 model.',
      'It offers 1,234 models.',
    ]);
    expect(format('{who, select, me {I} other {{name}}} spoke', { who: 'x', name: 'Bo' }, 'en')).toBe(
      'Bo spoke',
    );
  });

  it('shows a value that is missing by its name', () => {
    expect(format('Hello {name}', {}, 'en')).toBe('Hello {name}');
  });
});

describe('the catalogue', () => {
  it('has only patterns that can be read, sorted by key', () => {
    for (const pattern of Object.values(en)) expect(() => format(pattern, {}, 'en')).not.toThrow();
    expect(Object.keys(en)).toEqual(Object.keys(en).toSorted());
  });
});
