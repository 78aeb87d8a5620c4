// When each geometry of a merge comes about, for docs/merge-cases.md: the words that go with the pictures in the
// engine's own comments. The page is not made when a geometry has no words here.

/** By geometry: what must hold, and what becomes of the areas. A neighbour fits when no reason speaks against it. */
export const MERGE_RULES = {
  "new-left":
    "Nothing is mapped in the range, and the area below fits it. The area above does not, or it does but its " +
    "anonymous object is another than that of the area below: then the area below has it. Growth that may only " +
    "extend the area below (brk) never looks further.",
  "new-right":
    "Nothing is mapped in the range, and only the area above fits it. That area grows down, and its offset goes " +
    "back by as many pages. Its close hook is no obstacle: it is not deleted.",
  "new-both":
    "Nothing is mapped in the range, both neighbours fit it, and their anonymous objects do not differ. The area " +
    "below takes the range and all of the area above, whose record goes. An area below without an anonymous object " +
    "gets a clone of the upper one's.",
  "new-left-reduced":
    "As for both, but the area above has a close hook, and an area with one is never deleted. The area below takes " +
    "the range alone; the area above is not even marked for writing.",
  "existing-both":
    "The range is all of V, both neighbours fit what it will be, their anonymous objects do not differ, and neither " +
    "V nor the area above has a close hook. The area below takes all three. An area below without an anonymous " +
    "object gets a clone of the upper one's, or of V's when that has none.",
  "existing-left-full":
    "The range is all of V, the area below fits what it will be, and V has no close hook. The area above does not " +
    "fit, or has a close hook. V goes.",
  "existing-left-part":
    "The range begins where V begins and ends inside it, and the area below fits what it will be. The border " +
    "between the two moves up. Nobody is deleted, so close hooks are no obstacle.",
  "existing-right-full":
    "The range is all of V, only the area above fits what it will be, and V has no close hook. V goes, and the area " +
    "above grows down.",
  "existing-right-part":
    "The range ends where V ends and begins inside it, and the area above fits what it will be. The border between " +
    "the two moves down. The request then describes V, which was committed first, although the area above is " +
    "returned.",
};
