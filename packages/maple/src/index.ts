// The public surface of @vma/maple: named exports only.
export {};
