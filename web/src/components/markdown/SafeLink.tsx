import type { ReactNode } from 'react';
import { t } from '@/lib/i18n/t';

/** Where a link leads, if that is a web page. */
function hostOf(href: string | undefined): string | undefined {
  try {
    const url = new URL(href ?? '');
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text is an address at that host and reads as one: not a name before an `@`, not a part. */
function isAddressAt(text: string, host: string): boolean {
  const authority = /^(?:https?:\/\/)?([^/?#\\\s]*)(?:[/?#]\S*)?$/i.exec(text.trim())?.[1];
  return authority?.toLowerCase() === host;
}

/** A link that shows its host, unless its text does. One that leads nowhere safe is only text. */
export function SafeLink({ href, children }: { href?: string; children?: ReactNode }) {
  const host = hostOf(href);
  if (host === undefined && href?.startsWith('mailto:')) return <a href={href}>{children}</a>;
  if (host === undefined) return <span title={href}>{children}</span>;
  const isPlain = typeof children === 'string' && isAddressAt(children, host);
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
      {!isPlain && <span className="ms-1 text-[0.85em] text-muted no-underline">({host})</span>}
    </a>
  );
}

/** A picture from elsewhere would tell its server what is read here, so it is only a link. */
export function BlockedImage({ src, alt }: { src?: string; alt?: string }) {
  if (src?.startsWith('data:image/')) return <img src={src} alt={alt ?? ''} className="max-w-full rounded" />;
  return <SafeLink href={src}>{alt ? t('markdown.imageNamed', { alt }) : t('markdown.image')}</SafeLink>;
}
