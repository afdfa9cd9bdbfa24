import type uPlot from 'uplot';
import type { Series } from '../protocol';
import { align, smoothed, xOf, type XAxis } from './smooth';

type Values = readonly (number | null)[];

/** The rows of a plot on one horizontal axis: of each curve its values, those before they were smoothed, and the edges of its band. */
export function plotData(
  members: readonly Series[],
  settings: { readonly axis: XAxis; readonly logX: boolean; readonly logY: boolean; readonly smoothing: number },
): uPlot.AlignedData {
  const { axis, logX, logY, smoothing } = settings;
  const positive = (values: Values): (number | null)[] =>
    logY ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  return align(
    members.map((member) => xOf(member, axis).map((x) => (logX && x <= 0 ? NaN : x))),
    members.map((member) => [
      positive(smoothed(member.values, smoothing)),
      ...(smoothing > 0 ? [positive(member.values)] : []),
      ...(member.low && member.high ? [positive(member.high), positive(member.low)] : []),
    ]),
  );
}
