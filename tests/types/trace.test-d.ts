// What the compiler promises users of @vma/trace. Checked against the sources by `npm run typecheck`, and against the
// packed packages by tools/pack-check.mjs.
import {
  type CallRecord,
  InputError,
  type MapsArea,
  parseMaps,
  parseSmaps,
  type Recording,
  type ReplayReport,
  replay,
  type SmapsArea,
  type StraceHandler,
  StraceReader,
  type Verdict,
} from "@vma/trace";
import { describe, expectTypeOf, it } from "vitest";

describe("a strace reader", () => {
  it("calls a handler that needs nothing but `call`", () => {
    new StraceReader({ call: () => undefined });
    new StraceReader({ call: () => "keep" }, { file: "trace.txt" });
    expectTypeOf<StraceHandler["call"]>().parameter(0).toEqualTypeOf<CallRecord>();
    // @ts-expect-error without `call` it would read for nothing
    new StraceReader({});
    // @ts-expect-error only "keep" is an answer
    new StraceReader({ call: () => "drop" });
  });

  it("counts what it did with every line", () => {
    const reader = new StraceReader({ call: () => undefined });
    expectTypeOf(reader.totals).toHaveProperty("unparsed");
    // @ts-expect-error the totals are the reader's
    reader.totals = null;
  });
});

describe("maps and smaps", () => {
  it("come from bytes or text", () => {
    expectTypeOf(parseMaps("")).toEqualTypeOf<MapsArea[]>();
    expectTypeOf(parseSmaps(new Uint8Array())).toEqualTypeOf<SmapsArea[]>();
    expectTypeOf<SmapsArea>().toExtend<MapsArea>();
    // @ts-expect-error a path is the caller's to read
    parseMaps(new URL("file:///proc/self/maps"));
  });
});

describe("a replay", () => {
  it("takes an opened recording and ends in one of three verdicts", () => {
    expectTypeOf(replay).parameter(0).toEqualTypeOf<Recording>();
    expectTypeOf(replay).returns.resolves.toEqualTypeOf<ReplayReport>();
    expectTypeOf<Verdict>().toEqualTypeOf<"exact" | "differs" | "incomplete">();
    // @ts-expect-error a recording is more than its name
    replay("examples/bash-script");
  });
});

describe("unreadable input", () => {
  it("is an error with file, line and reason", () => {
    expectTypeOf(InputError).toBeConstructibleWith("trace.txt", 3, "no such call");
    expectTypeOf<InputError>().toExtend<Error>();
  });
});
