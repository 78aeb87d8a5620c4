// Mutations that no test can notice, each with the reason. Told apart by their text, so that moving a line is no matter.

/** @type {readonly { file: string, before: string, after: string, why: string }[]} */
export const SURVIVORS = [];
