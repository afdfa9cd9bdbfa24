/** Bytes in words, in binary gigabytes: `1.5 GB`. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1024 ** 3;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} GB`;
}
