import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '@/lib/copyText';
import { t } from '@/lib/i18n/t';
import { IconButton } from './IconButton';

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label = t('action.copy') }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    void copyText(text).then(() => setCopied(true));
  };
  return (
    <IconButton label={isCopied ? t('action.copied') : label} onClick={copy} isSmall>
      {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}
