// The "./engine" entry of @vma/core: named exports only.
export {};
