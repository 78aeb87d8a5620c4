// The "./debug" entry of @vma/maple: named exports only.
export {};
