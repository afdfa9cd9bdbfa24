import type {
  CancellationToken,
  Connection,
  ResponseError,
  ServerCapabilities,
  TextDocumentPositionParams,
} from 'vscode-languageserver/node';
import type { Spot, Workspace } from '../workspace';
import { completion, triggerCharacters } from './completion';

export type Guard = <P, R>(
  token: CancellationToken,
  parameters: P,
  answer: (parameters: P) => R,
) => R | ResponseError<void>;

export const capabilities: Partial<ServerCapabilities> = {
  completionProvider: { triggerCharacters, resolveProvider: false, completionItem: { labelDetailsSupport: true } },
};

/** One line for each feature. */
export function registerFeatures(connection: Connection, workspace: Workspace, guard: Guard): void {
  const at =
    <R>(answer: (spot: Spot) => R) =>
    ({ textDocument, position }: TextDocumentPositionParams): R | null => {
      const spot = workspace.spot(textDocument.uri, position);
      return spot ? answer(spot) : null;
    };
  connection.onCompletion((parameters, token) => guard(token, parameters, at(completion)));
}
