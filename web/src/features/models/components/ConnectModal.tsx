import { Modal } from '@/components/Modal';
import { t } from '@/lib/i18n/t';
import { ConnectForm } from './ConnectForm';

/** The way to connect a model, over whatever page one is on. */
export default function ConnectModal({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={t('first.connect')} onClose={onClose}>
      <ConnectForm onDone={onClose} />
    </Modal>
  );
}
