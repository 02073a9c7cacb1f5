import type { ComponentProps } from 'react';
import { classes } from './classes';

const kinds = {
  primary: 'bg-moss text-on-moss hover:bg-moss-strong border-transparent',
  plain: 'bg-surface text-ink hover:bg-hover border-line-strong',
  quiet: 'bg-transparent text-ink-soft hover:bg-hover border-transparent',
  danger: 'bg-surface text-rust hover:bg-rust-wash border-rust-line',
};

type Props = ComponentProps<'button'> & { kind?: keyof typeof kinds };

export function Button({ kind = 'plain', className, type = 'button', ...rest }: Props) {
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- always one of the three
      type={type}
      className={classes(
        'inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium',
        'whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-55',
        kinds[kind],
        className,
      )}
      {...rest}
    />
  );
}
