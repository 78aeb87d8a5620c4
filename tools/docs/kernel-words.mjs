// Words for docs/differences.md that the profile's data does not hold: what the named values of a rule mean, and
// what each profile has been held against. The page is not made when a value or a profile has no words here.

/** The meaning of each named value of a rule; yes/no and flag values need none. */
export const VALUE_WORDS = {
  anonRule: {
    "neighbour-singular":
      "the neighbour's chain must have exactly one entry (a neighbour without an object never takes a written range)",
    "source-singular": "whichever side has the object must not have got its chain through a fork",
  },
  closeRule: {
    never: "an area with a close hook takes part in no merge",
    "case7-bug":
      "the area above must have none; the changed area may be swallowed, hook and all, without its hook being called",
    fixed: "as before, but a changed area with a hook is not swallowed by the area below alone",
    series: "an area with a close hook may grow and shrink, and is never deleted",
  },
  newRangeOrder: {
    "next-first": "the area above, then the area below",
    "previous-first": "the area below, then the area above",
  },
  writeMarkOrder: {
    "area-prev-next": "the changed area, the one below, the one above",
    "area-next-prev": "the changed area, the one above, the one below",
  },
  requestNames: {
    "main-when-planned": "the area whose record is written first, as soon as the merge is planned",
    "returned-on-success": "the area that is returned, once the merge has succeeded",
  },
  keptSource: {
    "no-merge-at-all": "beside its source it joins nothing",
    "not-with-source": "it may join its other neighbour",
    "as-any": "it joins its source, too",
  },
  ksmAll: {
    unsupported: "EINVAL",
    "after-merge": "marked once it stands, so the next mapping does not join it",
    "before-merge": "marked first, so mappings join",
  },
  sealKeeps: {
    "without-file": "memory with no file behind it",
    anonymous: "private memory with no file behind it, or /dev/zero",
  },
  mremapOrder: {
    "unmap-target-early": "a call that then fails has destroyed its target",
    "check-first": "a call that fails its checks changes nothing",
  },
};

/** What the rules of a profile were held against. */
export const PROVEN_AGAINST = {
  6.1: "recordings of 6.1.192; the truth tables of the merge function before its rework",
  6.12: "recordings of 6.12.117, with and without anonymous names; the truth tables of its engine",
  "6.18-early": "the truth tables of the 6.17 rules",
  6.18: "recordings of 6.18.44",
};
