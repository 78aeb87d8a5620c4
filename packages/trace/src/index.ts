// The public surface of @vma/trace: named exports only.
export {};
