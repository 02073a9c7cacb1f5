import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classes } from './classes';

export const inputClasses =
  'min-h-9 w-full rounded-md border border-line-strong bg-paper px-2.5 text-sm text-ink disabled:opacity-60';

type Props = ComponentProps<'input'> & { label: string; hint?: ReactNode };

/** An input with its label and a line that explains it. */
export function Field({ label, hint, className, ...rest }: Props) {
  const id = useId();
  return (
    <div className={classes('grid gap-1', className)}>
      <label htmlFor={id} className="text-xs font-medium text-ink-soft">
        {label}
      </label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} className={inputClasses} {...rest} />
      {hint && (
        <p id={`${id}-hint`} className="text-2xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
