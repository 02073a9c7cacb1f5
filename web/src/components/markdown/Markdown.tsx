import { type ComponentType, createElement, memo, type ReactNode } from 'react';
import { type Components, type ExtraProps, Streamdown } from 'streamdown';
import { CodeBlock } from './CodeBlock';
import { BlockedImage, SafeLink } from './SafeLink';

/** An element without the renderer's own class names: `prose.css` gives it its look. */
function plain(tag: string): ComponentType<Record<string, unknown> & ExtraProps> {
  return function Plain({ node: _node, className: _className, ...rest }) {
    return createElement(tag, rest);
  };
}

function textOf(children: ReactNode): string {
  if (typeof children === 'string') return children;
  return Array.isArray(children) ? children.map(textOf).join('') : '';
}

const tags = 'p ul ol li h1 h2 h3 h4 h5 h6 blockquote hr strong thead tbody tr th td sup sub section'.split(
  ' ',
);

const components: Components = {
  ...Object.fromEntries(tags.map((tag) => [tag, plain(tag)])),
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <BlockedImage src={typeof src === 'string' ? src : undefined} alt={alt} />,
  inlineCode: ({ children }) => <code>{children}</code>,
  code: ({ className, children }) => (
    <CodeBlock
      code={textOf(children).replace(/\n$/, '')}
      language={/language-([^\s]+)/.exec(className ?? '')?.[1] ?? ''}
    />
  ),
  table: ({ children }) => (
    <div className="table-frame" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};

const linkSafety = { enabled: false };

type Props = { text: string; isGrowing?: boolean };

/** Markdown that may still be growing: blocks that are complete are not rendered again. */
export const Markdown = memo(function Markdown({ text, isGrowing = false }: Props) {
  return (
    <Streamdown
      className="prose"
      mode={isGrowing ? 'streaming' : 'static'}
      components={components}
      controls={false}
      linkSafety={linkSafety}
    >
      {text}
    </Streamdown>
  );
});
