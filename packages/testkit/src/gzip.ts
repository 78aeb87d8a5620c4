/** Telling a gzip file from any other. Node only. */

import { open } from "node:fs/promises";

/** Whether the file begins with gzip's two bytes. Throws the system's error when it cannot be read. */
export async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
