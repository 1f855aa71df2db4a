/** What goes over HTTP: routes and their shapes, shared by server, client and studio. Browser-safe. */
export type { AuditEntryDto, SecretHeadDto, SessionDto, TokenDto, UserDto } from './access.ts';
export { ROLES } from './access.ts';
export { DEPLOY_STAGES, type DeployDto, type DeployStage, type NodeFateDto, type ReceiptDto } from './deploys.ts';
export type {
  DiffDto,
  DraftDto,
  FlowDto,
  FlowSettingsDto,
  HopDto,
  TestReportDto,
  TracedRecordDto,
  TryReportDto,
  VersionDto,
  VersionHeadDto,
} from './flow-shapes.ts';
export { API_LIMITS } from './limits.ts';
export type {
  DeadLetterDto,
  DriverDto,
  FlowLiveDto,
  FlowStatusDto,
  GatewayStatusDto,
  LiveEventDto,
  LogLineDto,
  NodeLiveDto,
  SinkLiveDto,
  TagDto,
} from './live-shapes.ts';
export type { LibraryNodeDto, LibraryNodeFullDto } from './nodes.ts';
export {
  type Answer,
  type AnswerOf,
  type Body,
  type BodyInput,
  type BodyOf,
  type ParamsOf,
  PERMISSIONS,
  type Permission,
  type QueryInput,
  type QueryOf,
  type Route,
  route,
} from './route.ts';
export { type RouteName, type Routes, routes } from './routes.ts';
export type { DiagnosticDto, Payload, Problem } from './shapes.ts';
export { flowId, problem } from './shapes.ts';
