// Runs scenario texts on the engine, for the tests of its files.
import { type KernelProfile, profile } from "@vma/core/engine";
import { EngineDriver, expectScenario, readScenario } from "@vma/testkit";

/** Reads one scenario and expects the engine to do what it says. */
export function onEngine(text: string, rules: KernelProfile = profile("6.12")): void {
  expectScenario(readScenario(`scenario here\n${text}`), new EngineDriver(rules));
}
