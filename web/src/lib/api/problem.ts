import type { Problem } from './types';

/** An answer of the server that is an error, or the network's failure to bring one. */
export class ApiError extends Error {
  readonly problem: Problem | undefined;
  readonly status: number;

  constructor(status: number, problem: Problem | undefined, options?: ErrorOptions) {
    super(problem?.detail ?? (status === 0 ? 'the server cannot be reached' : `HTTP ${status}`), options);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }

  /** The request may never have arrived. */
  get isNetwork(): boolean {
    return this.status === 0;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

/** The error of an answer that is not 2xx. */
export function apiError(response: Response, body: unknown): ApiError {
  return new ApiError(response.status, isProblem(body) ? body : undefined);
}
