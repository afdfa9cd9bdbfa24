import { findDevices, type Device } from '../../train/devices/detect';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { bytes } from '../format';
import { table } from '../terminal';

export async function run(_given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { colour } = terminal;
  if (terminal.live) terminal.write(colour.dim('Trying the devices of this machine …'));
  const devices = await findDevices(context.self).finally(() => {
    if (terminal.live) terminal.write('\r\u001b[K');
  });
  for (const device of devices) terminal.emit(device);
  const rows = devices.map((device) => [
    `${device.usable ? colour.green('✔') : colour.dim('–')} ${device.kind}`,
    nameOf(device),
    device.memory === undefined ? '' : bytes(device.memory.total),
    device.memory === undefined ? '' : bytes(device.memory.free),
    device.usable ? useOf(device) : (device.why ?? ''),
  ]);
  for (const line of table(
    [
      { title: '  Device' },
      { title: 'Hardware' },
      { title: 'Memory' },
      { title: 'Free' },
      { title: 'Note', flexible: true },
    ],
    rows,
    terminal,
  ))
    terminal.print(line);
  for (const { usable, kind, remedy } of devices)
    if (!usable && remedy !== undefined) terminal.print(`${colour.cyan(kind)}: ${remedy}`);
  return EXIT.ok;
}

function nameOf({ name, index }: Device): string {
  return index === undefined ? name : `GPU ${index}: ${name}`;
}

/** What a GPU does right now, and what it can't be used for. */
function useOf({ utilization, holder, lacks = [] }: Device): string {
  const busy = utilization === undefined ? '' : `${Math.round(utilization)} % busy`;
  const not = lacks.length === 0 ? '' : `not for ${lacks.join(', ')}`;
  return [busy, holder === undefined ? '' : `held by ${holder}`, not].filter(Boolean).join(', ');
}
