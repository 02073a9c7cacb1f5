import { Toaster } from 'sonner';
import 'sonner/dist/styles.css';
import type { Theme } from '@/lib/stores/uiSessionStore';

/** Short messages in a corner. */
export default function Toasts({ theme }: { theme: Theme }) {
  return <Toaster theme={theme} position="bottom-right" />;
}
