import type { MonitorStage } from '../../schemas/generated/types';
import { fetchText } from '../net/http';
import { sha256 } from '../process/hash';
import { capture } from '../process/spawn';
import type { AlertState, Severity } from './alerts';

type Receiver = NonNullable<MonitorStage['notify']>[number];

/** A message that is to be sent: alerts of one group to one receiver. Kept until the receiver took it. */
export interface Message {
  /** Of this message alone: sent again after a crash it has the same one, for receivers that care; what `repeat` says again is another. */
  readonly id: string;
  readonly time: string;
  readonly receiver: number;
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly AlertState[];
  /** How often it was tried. */
  readonly tries: number;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
/** After so many reports a message that nobody takes is given up. */
const MOST_TRIES = 20;

/** The messages for alerts that are to be told, grouped. */
export function messagesFor(
  told: readonly AlertState[],
  receivers: readonly Receiver[],
  labels: Readonly<Record<string, string>>,
  now: Date,
): Message[] {
  const groups = [...new Set(told.map(({ group, rule }) => group ?? rule))];
  return receivers.flatMap((receiver, index) =>
    groups.flatMap((group): Message[] => {
      const alerts = told.filter(
        (alert) => (alert.group ?? alert.rule) === group && RANK[alert.severity] >= RANK[receiver.severity ?? 'info'],
      );
      if (alerts.length === 0) return [];
      const id = sha256(
        JSON.stringify([now, index, group, labels, alerts.map(({ rule, state, since }) => [rule, state, since])]),
      );
      return [{ id, time: now.toISOString(), receiver: index, group, labels, alerts, tries: 0 }];
    }),
  );
}

export interface DeliverOptions {
  readonly receivers: readonly Receiver[];
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Told what could not be sent, in words without secrets. */
  readonly failed: (text: string, path: readonly (string | number)[]) => void;
}

/** Nobody answers there: the next message would wait as long in vain. */
class Silent extends Error {}

/**
 * Sends messages: to different receivers side by side, so that one that hangs keeps no other waiting; to one receiver in their order.
 *
 * @returns those that nobody took, to be tried again with the next report
 */
export async function deliver(messages: readonly Message[], options: DeliverOptions): Promise<Message[]> {
  const left = new Map<Message, Message>();
  const sendTo = async (index: number): Promise<void> => {
    const receiver = options.receivers[index];
    if (receiver === undefined) return;
    let silent: Silent | undefined;
    for (const message of messages.filter((one) => one.receiver === index)) {
      try {
        if (silent !== undefined) throw silent;
        if (receiver.webhook !== undefined) await post(receiver.webhook, message, options);
        if (receiver.command !== undefined) await pipe(receiver.command, message, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof Silent) silent = error;
        const tries = message.tries + 1;
        const how = tries < MOST_TRIES ? 'It is tried again with the next report.' : 'It is given up.';
        options.failed(`An alert (${message.group}) could not be sent: ${(error as Error).message} ${how}`, [
          'notify',
          index,
        ]);
        if (tries < MOST_TRIES) left.set(message, { ...message, tries });
      }
    }
  };
  await Promise.all([...new Set(messages.map(({ receiver }) => receiver))].map(sendTo));
  return messages.flatMap((message) => left.get(message) ?? []);
}

/** The form of Alertmanager's webhooks (version 4), which most receivers know. */
export function webhookBody(message: Message): object {
  const firing = message.alerts.some(({ state }) => state !== 'resolved');
  return {
    version: '4',
    // The same from the first message of a group to the last, so that a receiver closes what it opened; the version of the model may change in between.
    groupKey: keyOf(message, message.receiver, message.group),
    status: firing ? 'firing' : 'resolved',
    receiver: `lifecycle-${message.receiver}`,
    groupLabels: { group: message.group },
    commonLabels: message.labels,
    commonAnnotations: {},
    externalURL: '',
    truncatedAlerts: 0,
    alerts: message.alerts.map((alert) => ({
      status: alert.state === 'resolved' ? 'resolved' : 'firing',
      labels: { alertname: alert.rule, severity: alert.severity, ...message.labels },
      annotations: {
        summary: alert.message,
        ...(alert.columns && { columns: alert.columns.join(', ') }),
        ...(alert.when !== undefined && { condition: alert.when }),
      },
      startsAt: alert.began ?? alert.since,
      // Alertmanager has no end of what goes on either.
      endsAt: alert.state === 'resolved' ? alert.since : '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: keyOf(message, alert.rule).slice(0, 16),
    })),
  };
}

function keyOf({ labels: { pipeline, stage } }: Message, ...parts: readonly (string | number)[]): string {
  return sha256(JSON.stringify([pipeline, stage, ...parts]));
}

async function post(
  webhook: NonNullable<Receiver['webhook']>,
  message: Message,
  options: DeliverOptions,
): Promise<void> {
  const url = typeof webhook === 'string' ? webhook : await options.secret(webhook.secret);
  if (url === undefined || url === '')
    throw new Error(`nobody has the secret ${typeof webhook === 'string' ? '' : webhook.secret}.`);
  const host = hostOf(url);
  let status: number;
  try {
    ({ status } = await fetchText(url, {
      body: webhookBody(message),
      headers: { 'idempotency-key': message.id },
      timeout: 10_000,
      retries: 1,
      ...(options.signal && { signal: options.signal }),
    }));
  } catch {
    // The address may hold a token, so neither it nor the error's text is shown.
    throw new Silent(`${host} does not answer.`);
  }
  if (status >= 300) throw new Error(`${host} answered with status ${status}.`);
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'the address';
  }
}

/** Seconds that a program may take for a message. */
const COMMAND_SECONDS = 30;

async function pipe(command: readonly string[], message: Message, options: DeliverOptions): Promise<void> {
  const begun = Date.now();
  const result = await capture(command, {
    cwd: options.folder,
    input: textOf(message),
    timeout: COMMAND_SECONDS * 1000,
  });
  if (result.missing) throw new Error(result.stderr);
  if (result.code === 0) return;
  if (result.code === null && Date.now() - begun >= COMMAND_SECONDS * 1000)
    throw new Silent(`${command[0]} did not end within ${COMMAND_SECONDS} s.`);
  const said = result.stderr.split('\n')[0]?.slice(0, 200) ?? '';
  throw new Error(`${command[0]} ended with ${result.code ?? result.signal}${said === '' ? '' : `: ${said}`}.`);
}

/** The message as plain text. */
export function textOf({ labels, alerts }: Message): string {
  const where = [
    labels.pipeline,
    labels.stage,
    labels.model && `${labels.model} ${labels.version ?? ''}`.trim(),
    labels.target && `on ${labels.target}`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
  const lines = alerts.map(
    ({ severity, state, message, since, began }) =>
      `[${state === 'resolved' ? 'resolved' : severity}] ${message} ${began === undefined ? `Since ${since}` : `From ${began} to ${since}`}.`,
  );
  return `${where}\n\n${lines.join('\n')}\n`;
}
