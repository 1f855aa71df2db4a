import type { TestReportDto, TryReportDto } from '#api';
import { GatewayError } from '#diagnostic';

export class Trials {
  async run(_flow: string, _request: unknown, _signal: AbortSignal): Promise<TryReportDto> {
    throw new GatewayError('busy', 'try');
  }
  async test(_flow: string, _version?: number): Promise<TestReportDto> {
    throw new GatewayError('busy', 'test');
  }
}
