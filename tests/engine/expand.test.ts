// merge/expand.ts: growing an area as told, over the one above if the range says so.
import { onMark } from "@vma/core/debug";
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
