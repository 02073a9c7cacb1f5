import { useParams } from '@tanstack/react-router';
import { MenuButton } from '@/app/MenuButton';
import { useMe } from '@/features/auth/api/getMe';
import { useConversation } from '@/features/chat/api/getConversation';
import { ChatView } from '@/features/chat/components/ChatView';
import { FirstScreen } from '@/features/chat/components/FirstScreen';
import { ConnectNotice } from '@/features/models/components/ConnectNotice';
import { ModelPicker } from '@/features/models/components/ModelPicker';

export function NewChatPage() {
  const { data: me } = useMe();
  return (
    <FirstScreen
      workspaceId={me?.default_workspace_id ?? undefined}
      menu={<MenuButton />}
      tools={<ModelPicker conversationId={undefined} settled={undefined} />}
      notice={<ConnectNotice />}
    />
  );
}

export function ConversationPage() {
  const { conversationId } = useParams({ from: '/c/$conversationId' });
  const { data } = useConversation(conversationId);
  return (
    <ChatView
      key={conversationId}
      conversationId={conversationId}
      menu={<MenuButton />}
      tools={<ModelPicker conversationId={conversationId} settled={data?.settings.model_id} />}
    />
  );
}
