/** Numbers as people read them: counts with separators, bytes in binary units, shares, times, addresses. */

import { formatAddress } from "@vma/trace";

/** 65530 as "65,530". */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** `count` and its noun: "1 area", "2 areas". */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Bytes in the largest unit that leaves at least one whole: "16 KiB", "1.5 GiB". */
export function bytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const text = amount >= 100 || Number.isInteger(amount) ? amount.toFixed(0) : amount.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}

/** A share as "12.3 %"; never "0.0 %" for something, never "100.0 %" for less than all. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "-";
  const share = (part / whole) * 100;
  if (part > 0 && share < 0.05) return "< 0.1 %";
  if (part < whole && share > 99.95) return "> 99.9 %";
  return `${share.toFixed(1)} %`;
}

/** Seconds as "12 s", "3 min", "2.5 h", "4 days". */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${count(seconds / 86400)} days`;
}

/** A range as /proc prints it. */
export function range(start: number, end: number): string {
  return `${formatAddress(start)}-${formatAddress(end)}`;
}

/** An address with 0x. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
