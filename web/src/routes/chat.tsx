import { useParams } from '@tanstack/react-router';
import { toast } from 'sonner';
import { MenuButton } from '@/app/MenuButton';
import { useMe } from '@/features/auth/api/getMe';
import { useConversation } from '@/features/chat/api/getConversation';
import { useSetConversationModel } from '@/features/chat/api/setConversationModel';
import { ChatView } from '@/features/chat/components/ChatView';
import { FirstScreen } from '@/features/chat/components/FirstScreen';
import { ConnectNotice } from '@/features/models/components/ConnectNotice';
import { ModelPicker } from '@/features/models/components/ModelPicker';
import { ProjectNotice } from '@/features/projects/components/ProjectNotice';
import { chooseModel, newChat, selectModel, useChatStore } from '@/lib/stores/chatStore';

export function NewChatPage() {
  const { data: me } = useMe();
  const chosen = useChatStore(selectModel(newChat));
  return (
    <FirstScreen
      workspaceId={me?.default_workspace_id ?? undefined}
      menu={<MenuButton />}
      tools={<ModelPicker chosen={chosen} onChoose={(model) => chooseModel(newChat, model)} />}
      notice={
        <div className="grid gap-3 border-t border-line pt-4 empty:hidden">
          <ConnectNotice />
          <ProjectNotice />
        </div>
      }
    />
  );
}

export function ConversationPage() {
  const { conversationId } = useParams({ from: '/c/$conversationId' });
  const { data } = useConversation(conversationId);
  const chosen = useChatStore(selectModel(conversationId));
  const keep = useSetConversationModel();
  const choose = (model: string) => {
    chooseModel(conversationId, model);
    keep.mutate({ id: conversationId, model }, { onError: (error) => void toast.error(error.message) });
  };
  return (
    <ChatView
      key={conversationId}
      conversationId={conversationId}
      menu={<MenuButton />}
      tools={<ModelPicker chosen={chosen ?? data?.settings.model_id} onChoose={choose} />}
    />
  );
}
