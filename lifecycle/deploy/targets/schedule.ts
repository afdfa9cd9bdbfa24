import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import type { Schedule } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { readText } from '../../process/files';
import type { Action, Placement } from '../plan';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Files by which a batch is done again and again. They are written and explained; installing them is the user's to do. */
export async function scheduleActions(
  schedule: Schedule,
  placement: Placement,
): Promise<{ actions: Action[]; notes: string[] }> {
  const { target, model } = placement;
  const folder = resolve(placement.folder, schedule.write ?? 'schedule');
  const name = `lifecycle-${target}`.toLowerCase();
  const command = ['lifecycle', 'deploy', '--model', `${model.name}@${model.version}`, '--target', target, '--yes'];
  const { files, note } = filesOf();
  const actions: Action[] = [];
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    const before = await readText(path);
    if (before === content) continue;
    actions.push({
      do: 'write',
      say: `${before === undefined ? 'write' : 'change'} ${file}`,
      path,
      content,
      ...(before !== undefined && { before }),
      undo: { do: 'write', say: `put ${file} back`, path, ...(before !== undefined && { content: before }) },
    });
  }
  return { actions, notes: [note] };

  function filesOf(): { files: Record<string, string>; note: string } {
    if (schedule.as === 'cron') {
      const line = `${schedule.cron} cd ${shellWord(placement.folder).replaceAll('%', '\\%')} && ${command.map(shellWord).join(' ').replaceAll('%', '\\%')}\n`;
      return {
        files: { [`${name}.cron`]: line },
        note: `Add the line of ${name}.cron to \`crontab -e\`.`,
      };
    }
    if (schedule.as === 'kubernetes') {
      const job = cronJob(schedule, placement, name, command);
      return {
        files: { [`${name}.cronjob.yaml`]: stringify(job, { lineWidth: 0 }) },
        note: `Put it into the cluster with \`kubectl apply -f ${join(folder, `${name}.cronjob.yaml`)}\`.`,
      };
    }
    const service = [
      '[Unit]',
      `Description=Batch scoring ${target}`,
      '',
      '[Service]',
      'Type=oneshot',
      `WorkingDirectory=${unitPath(placement.folder)}`,
      `ExecStart=/usr/bin/env ${command.map(unitWord).join(' ')}`,
      '',
    ].join('\n');
    const timer = [
      '[Unit]',
      `Description=Batch scoring ${target}, ${schedule.cron}`,
      '',
      '[Timer]',
      ...calendars(schedule.cron).map((calendar) => `OnCalendar=${calendar}`),
      'Persistent=true',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ].join('\n');
    return {
      files: { [`${name}.service`]: service, [`${name}.timer`]: timer },
      note: `Install it with \`systemctl --user enable --now ${join(folder, `${name}.timer`)}\` after linking the service: \`systemctl --user link ${join(folder, `${name}.service`)}\`.`,
    };
  }
}

/** Where the project is mounted in a pod. */
const PROJECT = '/project';

/** Runs the command in the project, which lies on a volume: one at a time, without rights that it does not need. @throws UserError `schedule-kubernetes` */
function cronJob(
  { cron, image, claim }: Schedule,
  { target, folder, store }: Placement,
  name: string,
  command: readonly string[],
): unknown {
  const lacks = [image === undefined && '`image`', claim === undefined && '`claim`'].filter((one) => one !== false);
  const root = dirname(store);
  const inside = relative(root, folder);
  const job = name.replace(/[^a-z0-9-]+/g, '-').replace(/-+$/, '');
  if (lacks.length > 0 || inside.startsWith('..') || isAbsolute(inside) || job.length > 52)
    throw new UserError({
      code: 'schedule-kubernetes',
      message:
        lacks.length > 0
          ? `A CronJob for '${target}' needs ${lacks.join(' and ')}.`
          : job.length > 52
            ? `The name of a CronJob has 52 characters at most; ${job} has ${job.length}.`
            : `The folder of targets.yaml is not in the project ${root}, which the claim holds.`,
      hint: 'As in `schedule: {cron: "0 3 * * *", as: kubernetes, image: registry.example.com/lifecycle:1, claim: project}`.',
      path: ['schedule'],
    });
  const labels = { 'app.kubernetes.io/name': job, 'app.kubernetes.io/managed-by': 'ml-lifecycle' };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: job, labels },
    spec: {
      schedule: cron,
      // Two of them would score the same files.
      concurrencyPolicy: 'Forbid',
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              automountServiceAccountToken: false,
              securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              containers: [
                {
                  name: 'batch',
                  image,
                  command: [...command],
                  workingDir: inside === '' ? PROJECT : `${PROJECT}/${inside.replaceAll(sep, '/')}`,
                  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                  volumeMounts: [{ name: 'project', mountPath: PROJECT }],
                },
              ],
              volumes: [{ name: 'project', persistentVolumeClaim: { claimName: claim } }],
            },
          },
        },
      },
    },
  };
}

/** One word for a POSIX shell. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** One word of a systemd command line (systemd.service(5)): `%` and `$` mean nothing in it. */
function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

/** A path to the end of a line of a unit file. */
function unitPath(path: string): string {
  if (/[\n\r]/.test(path))
    throw new UserError({ code: 'schedule-path', message: 'A folder whose name has a line break can’t be scheduled.' });
  return path.replaceAll('%', '%%');
}

/**
 * A cron expression as calendar events of systemd. When both a day of the month and one of the week are given cron means either, so there are
 * two events. Source: crontab(5), systemd.time(7).
 */
export function calendars(cron: string): string[] {
  const [minute = '*', hour = '*', day = '*', month = '*', week = '*'] = cron.split(' ');
  const time = `${field(hour, 2)}:${field(minute, 2)}:00`;
  const date = (which: string) => `*-${field(month, 2)}-${which}`;
  const onWeek = `${weekdays(week)} ${date('*')} ${time}`;
  const onDay = `${date(field(day, 2))} ${time}`;
  if (week === '*') return [onDay];
  return day === '*' ? [onWeek] : [onDay, onWeek];
}

function field(text: string, width: number): string {
  if (text === '*') return '*';
  return text
    .split(',')
    .map((part) => {
      const [range = '', step] = part.split('/');
      const [from = '', to] = range.split('-').map((value) => (value === '*' ? '*' : value.padStart(width, '0')));
      if (from === '*') return `${'0'.repeat(width)}/${step ?? '1'}`;
      return `${from}${to === undefined ? '' : `..${to}`}${step === undefined ? '' : `/${step}`}`;
    })
    .join(',');
}

function weekdays(text: string): string {
  return text
    .split(',')
    .map((part) =>
      part
        .split('-')
        .map((value) => (/^\d$/.test(value) ? (DAYS[Number(value) % 7] ?? value) : value))
        .join('..'),
    )
    .join(',');
}
