// The public surface of @vma/core: named exports only.
export {};
