import { Modal } from '@/components/Modal';
import { t } from '@/lib/i18n/t';
import type { Connection } from '../api/connectProvider';
import { ConnectForm } from './ConnectForm';

type Props = { onClose: () => void; made?: Connection | undefined };

/** The way to connect a model, over whatever page one is on. */
export default function ConnectModal({ onClose, made }: Props) {
  return (
    <Modal title={t('first.connect')} onClose={onClose}>
      <ConnectForm onDone={onClose} made={made} />
    </Modal>
  );
}
