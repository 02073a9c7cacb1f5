import {
  createCssVariablesTheme,
  createHighlighterCore,
  type HighlighterCore,
  type ThemedToken,
} from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** The languages that are coloured, each loaded when it is first seen. */
const grammars = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
};

type Grammar = keyof typeof grammars;

const aliases: Record<string, Grammar> = {
  console: 'bash',
  dockerfile: 'docker',
  js: 'javascript',
  jsx: 'tsx',
  md: 'markdown',
  py: 'python',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

let core: Promise<HighlighterCore> | undefined;

function highlighter(): Promise<HighlighterCore> {
  core ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: 'weald', variablePrefix: '--code-' })],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  return core;
}

function grammarOf(language: string): Grammar | undefined {
  const name = language.toLowerCase();
  return name in grammars ? (name as Grammar) : aliases[name];
}

/** The coloured tokens of a text by line; undefined for a language without colours. */
export async function highlight(code: string, language: string): Promise<ThemedToken[][] | undefined> {
  const grammar = grammarOf(language);
  if (grammar === undefined) return undefined;
  const shiki = await highlighter();
  await shiki.loadLanguage((await grammars[grammar]()).default);
  return shiki.codeToTokensBase(code, { lang: grammar, theme: 'weald' });
}
