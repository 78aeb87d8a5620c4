// The "./debug" entry of @vma/core: named exports only.
export {};
