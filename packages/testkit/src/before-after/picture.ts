/** Telling a difference between the two engines in pictures, one ruler for all three rows. */

import { attributeWords } from "../scenario/area.js";
import { picture } from "../scenario/notation.js";
import { areaOf } from "../truth/convert.js";
import { operationText } from "../truth/picture.js";
import type { DifferenceExample } from "./table.js";

/** What was done, what stood there with the range in question, both outcomes below, and a line for each area. */
export function examplePicture({ entry, input, before, after }: DifferenceExample): string {
  const given = input.vmas.map(areaOf);
  const { vmg } = input;
  const row = { label: "given", areas: given };
  const told = (name: string, output: typeof before): string => {
    const number = output.case === undefined ? "" : ` (case ${output.case})`;
    return `${name} returns ${output.ret ?? "none"}${number}`;
  };
  return [
    operationText(entry, input),
    picture([
      vmg === undefined ? row : { ...row, mark: { start: vmg.s, end: vmg.e } },
      { label: "before", areas: before.vmas.map(areaOf) },
      { label: "after", areas: after.vmas.map(areaOf) },
    ]),
    ...given.map((area) => `${area.name} ${attributeWords(area, area.start).join(" ")}`),
    told("before", before),
    told("after", after),
  ].join("\n");
}
