import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes';

type MenuProps = {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  side?: 'top' | 'bottom';
};

/**
 * A menu under a button. Not modal: the modal kind locks scrolling with a style element, which the
 * content security policy refuses.
 */
export function Menu({ trigger, children, align = 'start', side = 'bottom' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="rise z-50 max-h-80 min-w-40 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type ItemProps = { onSelect: () => void; children: ReactNode; isDanger?: boolean };

export function MenuItem({ onSelect, children, isDanger }: ItemProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className={classes(
        'flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm outline-none select-none',
        'data-[highlighted]:bg-hover',
        isDanger && 'text-rust',
      )}
    >
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-1.5 pb-0.5 text-2xs font-medium text-muted">
      {children}
    </DropdownMenu.Label>
  );
}
