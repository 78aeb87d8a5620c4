// The public surface of @vma/testkit: named exports only.
export {};
