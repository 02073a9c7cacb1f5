import type { ThemedToken } from 'shiki/core';
import { useEffect, useState } from 'react';
import { useIsCodeFenceIncomplete } from 'streamdown';
import { CopyButton } from '@/components/CopyButton';
import { t } from '@/lib/i18n/t';

/** Longer texts stay plain: colouring them would hold up the page. */
const colourLimit = 40_000;

function useTokens(code: string, language: string, isIncomplete: boolean): ThemedToken[][] | undefined {
  const [coloured, setColoured] = useState<{ code: string; tokens: ThemedToken[][] | undefined }>();
  useEffect(() => {
    if (isIncomplete || code.length > colourLimit || language === '') return undefined;
    let isCurrent = true;
    const colour = async () => {
      const { highlight } = await import('./highlighter');
      const tokens = await highlight(code, language);
      if (isCurrent) setColoured({ code, tokens });
    };
    // Without colours the code is still there to read.
    colour().catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [code, language, isIncomplete]);
  return coloured?.code === code ? coloured.tokens : undefined;
}

/** Code with its language and a button to copy it. Colours come once the block is complete. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const tokens = useTokens(code, language, useIsCodeFenceIncomplete());
  return (
    <figure className="code" data-language={language}>
      <figcaption className="flex min-h-8 items-center justify-between border-b border-line ps-3 pe-1 text-2xs text-muted">
        <span className="font-mono">{language === '' ? t('code.plain') : language}</span>
        <CopyButton text={code} label={t('code.copy')} />
      </figcaption>
      <pre tabIndex={0} aria-label={t('code.label')}>
        <code>{tokens ? tokens.map((line, at) => <Line key={at} tokens={line} />) : code}</code>
      </pre>
    </figure>
  );
}

function Line({ tokens }: { tokens: ThemedToken[] }) {
  return (
    <>
      {tokens.map((token, at) => (
        <span key={at} style={token.color ? { color: token.color } : undefined}>
          {token.content}
        </span>
      ))}
      {'\n'}
    </>
  );
}
