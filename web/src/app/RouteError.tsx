import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorCard } from '@/components/ErrorCard';

/** A page that broke says so instead of leaving an empty screen. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-xl p-6">
      <ErrorCard error={error} onRetry={reset} />
    </div>
  );
}
