/** Why a command is to end, as the reason of its abort signal: an `AbortError` that names the signal of the operating system. */
export function endedBy(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Error {
  return Object.assign(new DOMException(`Ended by ${signal}.`, 'AbortError'), { signal });
}

/** Whether a command ends because its terminal was closed, or the machine goes down, rather than because somebody pressed Ctrl+C. */
export function isLeftBehind({ reason }: AbortSignal): boolean {
  const { signal } = (reason ?? {}) as { signal?: unknown };
  return signal === 'SIGHUP' || signal === 'SIGTERM';
}
