// Short names for the generated types. Nothing here adds to the contract.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Approval = Schemas['Approval'];
export type Conversation = Schemas['ConversationResponse'];
export type EventEnvelope = Schemas['EventEnvelope'];
export type EventType = EventEnvelope['event_type'];
export type EventOf<T extends EventType> = Extract<EventEnvelope, { event_type: T }>;
export type FoundProvider = Schemas['FoundProvider'];
export type FinishReason = Schemas['FinishReason'];
export type Lifetime = Schemas['Lifetime'];
export type LiveStatus = Schemas['LiveStatus'];
export type Me = Schemas['MeResponse'];
export type Message = Schemas['Message'];
export type MessageError = Schemas['MessageError'];
export type MessageItem = Schemas['MessageItem'];
export type Model = Schemas['Model'];
export type ModelPullEvent = Schemas['ModelPullEvent'];
export type Part = Schemas['Part'];
export type PartKind = Schemas['PartKind'];
export type Preset = Schemas['Preset'];
export type Problem = Schemas['Problem'];
export type Project = Schemas['Project'];
export type Provider = Schemas['Provider'];
export type ProviderTest = Schemas['ProviderTestResponse'];
export type RunStarted = Schemas['RunResponse'];
export type TextPart = Extract<Part, { type: 'text' | 'reasoning' }>;
export type ToolPart = Extract<Part, { type: 'dynamic-tool' }>;
