import type { DiagnosticDto, Problem } from '#api';

/** What the gateway answers when it does not do what it was asked for. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** One of docs/errors.md. */
  readonly code: string;
  readonly status: number;
  /** Where in the request; may be empty. */
  readonly where: string;
  readonly diagnostics: readonly DiagnosticDto[];

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.code = problem.code;
    this.status = problem.status;
    this.where = problem.where ?? '';
    this.diagnostics = problem.diagnostics ?? [];
  }
}
