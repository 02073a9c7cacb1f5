import type { ComponentProps } from 'react';
import { classes } from './classes';

type Props = ComponentProps<'button'> & { label: string; isSmall?: boolean };

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({ label, isSmall, className, children, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(
        isSmall ? 'size-7' : 'size-8',
        'inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors',
        'hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}
