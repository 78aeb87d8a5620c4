// merge/expand.ts: growing an area as told, over the one above if the range says so.
import { onMark } from "@vma/core/debug";
import { profile } from "@vma/core/engine";
import { hits } from "@vma/testkit";
import { describe, it } from "vitest";
import { onEngine } from "./on-engine.js";

describe("over the area above", () => {
  it("marks both, clones, writes, drops it; the state is not touched", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
        N anon=A
      when
        expand V 0-8 next=N
      then
        0123456789
        VVVVVVVV
        V anon=A
        returns ok
        state start
        events W:V W:N C:V<N A M:V<N X:N
    `);
  });

  it("only when the range ends where it ends", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
      when
        expand V 0-5 next=N
      then
        0123456789
        VVVVVNNN
        marked V
    `);
  });

  it("with a close hook it is deleted all the same, with a warning: the caller was to look", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
        N close
      when
        expand V 0-8 next=N
      then
        0123456789
        VVVVVVVV
        warned expand-removes-closable
        closed nothing
    `);
  });

  it("with another object than the survivor's it is deleted with a warning", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
        V anon=A
        N anon=B
      when
        expand V 0-8 next=N
      then
        0123456789
        VVVVVVVV
        V anon=A
        warned removed-anon-differs
    `);
  });
});

it("no memory for the chain: merge.expand-cannot-clone", () => {
  hits(onMark, "merge.expand-cannot-clone", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
        N anon=A
      when
        expand V 0-8 next=N
        fail 1
      then
        0123456789
        VVV..NNN
        returns ENOMEM
        state start
        events W:V W:N C!:V<N
    `);
  });
});

it("no memory for nodes after the chain was cloned: merge.expand-undoes-clone", () => {
  hits(onMark, "merge.expand-undoes-clone", () => {
    onEngine(`
      given
        0123456789
        VVV..NNN
        N anon=A
      when
        expand V 0-8 next=N
        fail 2
      then
        0123456789
        VVV..NNN
        V anon=none chain=none
        returns ENOMEM
        state nomem
        events W:V W:N C:V<N A! U:V
    `);
  });
});

describe("by the copy of a written area", () => {
  it("no memory for the source's chain: the copy is an area of its own", () => {
    onEngine(
      `
      given
        0123456789
        VV...NN
        V anon=A
        N @2
      when
        copy V 3 2
        fail 1
      then
        0123456789
        VV.aaNN
        N anon=none
        events W:N C!:N<V D:a<V C:a<V A W:a
    `,
      profile("6.18"),
    );
  });

  it("no memory for nodes after the source's chain was cloned: the clone is dropped", () => {
    onEngine(
      `
      given
        0123456789
        VV...NN
        V anon=A
        N @2
      when
        copy V 3 2
        fail 2
      then
        0123456789
        VV.aaNN
        N anon=none chain=none
        events W:N C:N<V A! U:N D:a<V C:a<V A W:a
    `,
      profile("6.18"),
    );
  });
});
