import { Monitor, Moon, Sun } from 'lucide-react';
import { useId } from 'react';
import { toast } from 'sonner';
import { classes } from '@/components/classes';
import { t } from '@/lib/i18n/t';
import { setFontSize, setLetterKeys, setTheme, type Theme, useUiSession } from '@/lib/stores/uiSessionStore';
import { useUpdateConfig } from '../api/updateConfig';

const themes = [
  { theme: 'system', Icon: Monitor },
  { theme: 'light', Icon: Sun },
  { theme: 'dark', Icon: Moon },
] as const;

const sizes = [12, 13, 14, 15, 16, 18, 20];

/** How Weald looks on every device of this user. */
export function AppearancePage() {
  const { theme, fontSize, hasLetterKeys } = useUiSession();
  const update = useUpdateConfig();
  const size = useId();
  const keep = (patch: Record<string, unknown>) =>
    update.mutate(patch, { onError: (error) => void toast.error(error.message) });
  const chooseTheme = (next: Theme) => {
    setTheme(next);
    keep({ 'app.theme': next });
  };
  const chooseSize = (next: number) => {
    setFontSize(next);
    keep({ 'chat.message.font_size': next });
  };
  return (
    <div className="grid max-w-lg gap-6">
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-sm font-medium">{t('appearance.theme')}</legend>
        <div className="grid grid-cols-3 gap-2">
          {themes.map(({ theme: other, Icon }) => (
            <button
              key={other}
              type="button"
              aria-pressed={other === theme}
              onClick={() => chooseTheme(other)}
              className={classes(
                'inline-flex min-h-10 items-center justify-center gap-2 rounded-md border text-sm',
                other === theme
                  ? 'border-moss bg-moss-wash font-medium'
                  : 'border-line-strong hover:bg-hover',
              )}
            >
              <Icon size={15} aria-hidden />
              {t(`appearance.${other}`)}
            </button>
          ))}
        </div>
      </fieldset>
      <div className="grid gap-2">
        <label htmlFor={size} className="text-sm font-medium">
          {t('appearance.fontSize')}
        </label>
        <select
          id={size}
          value={fontSize}
          onChange={(event) => chooseSize(Number(event.target.value))}
          className="min-h-9 w-32 rounded-md border border-line-strong bg-paper px-2 text-sm"
        >
          {sizes.map((pixels) => (
            <option key={pixels} value={pixels}>
              {t('appearance.pixels', { pixels })}
            </option>
          ))}
        </select>
        <p className="prose rounded-lg border border-line bg-surface p-3">{t('appearance.sample')}</p>
      </div>
      <label className="flex items-start gap-2.5 text-sm">
        <input
          type="checkbox"
          className="mt-1 size-4 accent-moss"
          checked={hasLetterKeys}
          onChange={(event) => setLetterKeys(event.target.checked)}
        />
        <span>
          {t('appearance.letterKeys')}
          <span className="block text-xs text-muted">{t('appearance.letterKeysHint')}</span>
        </span>
      </label>
    </div>
  );
}
