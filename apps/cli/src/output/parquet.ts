/** Area rows as a Parquet file: written to a temporary file, renamed when whole. */

import { renameSync, rmSync } from "node:fs";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import { wrongUse } from "../failure.js";
import type { AreaRow } from "./area-row.js";
import { safe } from "./escape.js";
import { temporaryBeside } from "./file.js";

type ColumnType = "STRING" | "INT32" | "INT64" | "BOOLEAN" | "TIMESTAMP";

/** Every column of a row with its Parquet type; a new field of AreaRow does not compile until it is here. */
const COLUMNS: Readonly<Record<keyof AreaRow, readonly [type: ColumnType, nullable: boolean]>> = {
  schema: ["STRING", false],
  host: ["STRING", false],
  time: ["TIMESTAMP", false],
  source: ["STRING", false],
  pid: ["INT32", true],
  command: ["STRING", true],
  process_areas: ["INT32", false],
  max_map_count: ["INT64", false],
  index: ["INT32", false],
  start: ["INT64", false],
  end: ["INT64", false],
  size: ["INT64", false],
  permissions: ["STRING", false],
  offset: ["INT64", false],
  device: ["STRING", false],
  inode: ["INT64", false],
  name: ["STRING", false],
  vm_flags: ["STRING", true],
  cause: ["STRING", false],
  rss_kb: ["INT64", true],
  anonymous_kb: ["INT64", true],
  swap_kb: ["INT64", true],
  locked_kb: ["INT64", true],
  touches_previous: ["BOOLEAN", false],
};

/** Lone surrogates stand for bytes that are no UTF-8; Parquet strings are UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

/** A value in the form its column's type wants. */
function cell(type: ColumnType, value: AreaRow[keyof AreaRow]): unknown {
  if (value === null) return null;
  if (type === "INT64") return BigInt(value as number);
  if (type === "STRING") return wellFormed(value as string);
  return type === "TIMESTAMP" ? new Date(value as string) : value;
}

/** Writes rows to `path`. Nothing is left behind when that fails. Throws a Failure when the place cannot be written. */
export async function writeParquet(path: string, rows: AsyncIterable<AreaRow>): Promise<void> {
  const temporary = temporaryBeside(path);
  const columns = Object.entries(COLUMNS).map(([name, [type, nullable]]) => ({ name, type, nullable }));
  async function* records(): AsyncGenerator<Record<string, unknown>> {
    for await (const row of rows) {
      const record: Record<string, unknown> = {};
      for (const { name, type } of columns) record[name] = cell(type, row[name as keyof AreaRow]);
      yield record;
    }
  }
  try {
    await parquetWriteRows({ writer: fileWriter(temporary), rows: records(), columns, rowGroupSize: 16384 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof TypeError) throw error;
    throw wrongUse(`${safe(path)}: cannot be written (${code})`);
  }
}
